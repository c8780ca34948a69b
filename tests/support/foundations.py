"""Two foundations made by the product's own services: what every test of the application stands on."""

from smilero_web.testhost.cast import CAST, CROWD, OPERATOR, Foundation, found

__all__ = ["CAST", "CROWD", "OPERATOR", "Foundation", "found"]
