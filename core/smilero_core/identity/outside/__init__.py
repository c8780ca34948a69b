"""Logins of providers outside: Kakao, Naver, Google and whoever speaks OpenID Connect."""
