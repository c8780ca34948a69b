"""Requests that Schemathesis makes up from the API's document, sent by people of a foundation, and what is wrong with the answers."""

import base64
import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count, cycle
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable
from requests import PreparedRequest, Request, RequestException, Session
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.engine.errors import is_inconsistent_replay
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from starlette.routing import compile_path

from tests.support.foundations import OPERATOR, Foundation
from tests.support.operations import operations

Case = schemathesis.Case[Any]

SEED = 20_261_124
KEY = "Idempotency-Key"
NOBODY, FORGED = "nobody", "a forged token"
STEPS = 12
SCENARIOS = 20
_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_SETTINGS = partial(hypothesis.settings, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
_PATIENCE_SECONDS = 60
# Told once each, or a broken product fills the screen.
_MOST_TOLD = 20


def _days_to_come(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


_SOON = st.integers(1, 1_000).map(_days_to_come)
# Any time there is is hardly ever one that a campaign can end at.
schemathesis.openapi.format("date-time", _SOON | _SOON | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat))


class Visitors:
    """People of some roles at a foundation's host.

    Every request is sent again by nobody, or by somebody with a forged token.

    Attributes:
        cases: how often each operation was asked, by its name and by role and mode.
        done: how often each was carried out.
        twins: how often each was asked again, by its name and by whom.
        faults: what was wrong, with what to send to see it again.
    """

    def __init__(self, url: str, foundation: Foundation, neighbour: Foundation, roles: tuple[str, ...]) -> None:
        self._url, self._foundation, self.roles = url, foundation, roles
        self._session = Session()
        # Neither a proxy nor a password file of this machine.
        self._session.trust_env = False
        self._forged = cycle([one for header in forged(foundation, neighbour) for one in (None, header)])
        self.cases: Counter[tuple[str, str, str]] = Counter()
        self.done: Counter[str] = Counter()
        self.twins: Counter[tuple[str, str]] = Counter()
        self.faults: dict[tuple[str, str], str] = {}
        self.before: deque[str] = deque(maxlen=STEPS)

    def whose_turn(self, case: Case) -> str:
        """The role that has asked this operation least."""
        name = case.operation.definition.raw["operationId"]
        return min(self.roles, key=lambda role: sum(self.cases[name, role, mode.value] for mode in GenerationMode))

    def ask(self, case: Case, who: str) -> Any:  # noqa: ANN401 - Schemathesis's response
        """Send a request as one of them, and once more as nobody we know."""
        name, mode = case.operation.definition.raw["operationId"], case.meta.generation.mode if case.meta else GenerationMode.POSITIVE
        if mode is GenerationMode.POSITIVE:
            _make_good(case)
        self.cases[name, who, mode.value] += 1
        headers = {"Host": self._foundation.host, "Authorization": f"Bearer {self._foundation.tokens[who]}"}
        with self._answered(case, who):
            answer = case.call(base_url=self._url, session=self._session, headers=headers, timeout=_PATIENCE_SECONDS)
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            self.done[name] += 1
        self._judge(case, answer, who)
        self._send_again(case, answer.request)
        self.before.append(f"{who}: {case.method} {urlsplit(str(answer.request.url)).path} {_body(answer.request)} -> {answer.status_code}")
        return answer

    @contextmanager
    def _answered(self, case: Case, who: str) -> Iterator[None]:
        """Tell of no answer at all. It is told here, since Hypothesis would ask again and might be answered."""
        try:
            yield
        except RequestException as error:
            sent = error.request if isinstance(error.request, PreparedRequest) else Request(case.method, self._url + case.path).prepare()
            self._tell(case, repr(error), sent, who)
            raise

    def _send_again(self, case: Case, request: PreparedRequest) -> None:
        header = next(self._forged)
        twin = request.copy()
        del twin.headers["Authorization"]
        if header is not None:
            twin.headers["Authorization"] = header
        who = FORGED if header else NOBODY
        self.twins[case.operation.definition.raw["operationId"], who] += 1
        with self._answered(case, who):
            answer = self._session.send(twin, timeout=_PATIENCE_SECONDS)
        self._judge(case, answer, who)
        is_open = case.operation.definition.raw["security"] == []
        if _reaches(case, request) and (header is not None or not is_open) and answer.status_code != HTTPStatus.UNAUTHORIZED:
            self._tell(case, f"{who} is answered {answer.status_code}", twin, header or "no token")

    def _judge(self, case: Case, answer: Any, who: str) -> None:  # noqa: ANN401 - of Schemathesis, or of requests
        told = case.operation.definition.raw["responses"]
        # What the document says of any other answer, it says of refusals.
        if answer.status_code < HTTPStatus.BAD_REQUEST and str(answer.status_code) not in told:
            self._tell(case, f"{answer.status_code} is not in the document", answer.request, who)
        try:
            case.validate_response(answer, checks=_CHECKS)
        except FailureGroup as found:
            for one in found.exceptions:
                self._tell(case, f"{one.title}\n  {one.message}", answer.request, who)

    def _tell(self, case: Case, what: str, request: PreparedRequest, who: str) -> None:
        at = (case.operation.label, what.partition("\n")[0])
        if len(self.faults) < _MOST_TOLD:
            sent = "\n  ".join([*self.before, f"{who}: {request.method} {request.url} {_shown(request)} {_body(request)}"])
            self.faults.setdefault(at, f"{case.operation.label}: {what}\n  {sent}")


def forged(foundation: Foundation, neighbour: Foundation) -> Iterator[str]:
    """Headers that are nobody's here, though some are somebody's elsewhere."""
    own = foundation.tokens["owner"]
    yield f"Bearer {own[:-1]}{'A' if own[-1] != 'A' else 'B'}"
    yield f"Bearer {neighbour.tokens['owner']}"
    yield f"Bearer {foundation.tokens[OPERATOR]}"
    yield f"Bearer {_unsigned({'sub': str(foundation.people['owner']), 'role': 'owner'})}"
    yield f"Basic {base64.b64encode(f'owner:{own}'.encode()).decode()}"
    yield f"Bearer {own} {own}"
    yield "Bearer"


def _unsigned(claims: Mapping[str, str]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


def each_alone(document: Mapping[str, Any], visitors: Visitors, examples: int) -> None:
    """Requests for each operation by itself, that fit the document and that do not, each by every role."""
    for result in _schema(document).get_all_operations():
        for mode in GenerationMode:
            strategy = result.ok().as_strategy(generation_mode=mode)
            # An operation that takes nothing has nothing that could be wrong.
            with suppress(Unsatisfiable):
                _each(strategy, visitors, examples)


def _each(strategy: st.SearchStrategy[Case], visitors: Visitors, examples: int) -> None:
    @hypothesis.seed(SEED)
    @_SETTINGS(max_examples=examples)
    @hypothesis.given(strategy)
    def ask(case: Case) -> None:
        for who in visitors.roles:
            visitors.before.clear()
            visitors.ask(case, who)

    ask()


def in_sequence(document: Mapping[str, Any], visitors: Visitors, cases: int) -> None:
    """Sequences in which a request takes what an earlier answer had, until so many were sent in all, or a fault is found."""
    machine = _schema(with_links(document)).as_state_machine()

    class Visit(machine):  # type: ignore[misc, valid-type]  # a class that is made at run time
        def setup(self) -> None:
            visitors.before.clear()

        def call(self, case: Case, **_: object) -> Any:  # noqa: ANN401 - Schemathesis's response
            return visitors.ask(case, visitors.whose_turn(case))

        def validate_response(self, *_: object, **__: object) -> None:
            """Done where it was sent."""

    for seed in count(SEED):
        if visitors.cases.total() >= cases or visitors.faults:
            return
        # The foundation remembers: what a sequence began with may answer otherwise the next time, which ends a run of Hypothesis.
        try:
            hypothesis.seed(seed)(Visit).run(settings=_SETTINGS(max_examples=SCENARIOS, stateful_step_count=STEPS))
        except Flaky:
            continue
        except AssertionError as error:
            if not is_inconsistent_replay(error):
                raise


def with_links(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a link from each answer that has all that a body needs, under the same names, to what takes that body.

    Schemathesis finds by itself where ids lead.
    """
    linked: dict[str, Any] = json.loads(json.dumps(document))
    told = [one for methods in linked["paths"].values() for one in methods.values()]
    needs = {one["operationId"]: _resolved(linked, one["requestBody"]).get("required", []) for one in told if "requestBody" in one}
    for one in told:
        for answer in (answer for status, answer in one["responses"].items() if status.startswith("2")):
            has = _resolved(linked, answer).get("properties", {})
            links = {
                f"then {name}": {"operationId": name, "requestBody": {field: f"$response.body#/{field}" for field in needed}}
                for name, needed in needs.items()
                if has.keys() >= set(needed)
            }
            if links:
                answer["links"] = links
    return linked


def _resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    name = part["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = document["components"]["schemas"][name]
    return found


def _schema(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - Schemathesis's own
    return schemathesis.openapi.from_dict(json.loads(json.dumps(document)), config=schemathesis.Config(seed=SEED))


def _reaches(case: Case, request: PreparedRequest) -> bool:
    """Whether the router has the operation at this address.

    A number that is none leads nowhere, and the character zero is let in at no door (`Words`), whoever asks.
    """
    mounted = operations()[case.operation.definition.raw["operationId"]]
    address = urlsplit(str(request.url))
    return "%00" not in address.query and compile_path(mounted.path)[0].fullmatch(unquote(address.path)) is not None


def _make_good(case: Case) -> None:
    """Make more of what fits the document be carried out."""
    if any(one["name"] == KEY for one in case.operation.definition.raw["parameters"]):
        # One that was used already gets the old answer.
        case.headers[KEY] = str(uuid4())
    if isinstance(case.body, dict):
        # JSON Schema takes 3.0 for a whole number, and our strict fields do not.
        whole = {name: int(value) for name, value in case.body.items() if isinstance(value, float) and value.is_integer()}
        case.body = {**case.body, **whole}


def _body(request: PreparedRequest) -> str:
    return repr(request.body) if request.body else ""


def _shown(request: PreparedRequest) -> dict[str, str]:
    """The headers that make a difference; who it was is told in words."""
    return {name: str(value) for name, value in request.headers.items() if name in {"Host", "Content-Type", KEY}}
