"""What a shop deals in: the fixed list by which shops are found, counted and compared between markets."""

from enum import StrEnum

from smilero_sdk.i18n import Catalogue


class Category(StrEnum):
    """A shop's line of business. The order is the one in which a list shows them; `other` is last."""

    VEGETABLE = "vegetable"
    FRUIT = "fruit"
    GRAIN = "grain"
    MEAT = "meat"
    FISH = "fish"
    DRIED = "dried"
    SIDEDISH = "sidedish"
    RICECAKE = "ricecake"
    BAKERY = "bakery"
    GROCERY = "grocery"
    HERB = "herb"
    RESTAURANT = "restaurant"
    SNACK = "snack"
    CAFE = "cafe"
    CLOTHES = "clothes"
    HANBOK = "hanbok"
    FABRIC = "fabric"
    SHOES = "shoes"
    ACCESSORY = "accessory"
    HOUSEHOLD = "household"
    HARDWARE = "hardware"
    FLOWER = "flower"
    BEAUTY = "beauty"
    REPAIR = "repair"
    SERVICE = "service"
    OTHER = "other"

    def label(self, catalogue: Catalogue, language: str) -> str:
        """The name that people read, such as `빵집`."""
        return catalogue.text(language, f"registry.category.{self.value}")
