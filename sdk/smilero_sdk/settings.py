"""What a foundation or a shop chooses for a plugin. The console draws the form from the model."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Fields with their defaults, so that a plugin works before anybody has chosen anything.

    A field is `bool`, `int`, `str`, `date`, `time`, a `Literal` or `StrEnum` of words, or `SecretStr`, which is kept
    sealed, can be replaced and is never shown again; each but `bool` may be `| None`. Limits come from `Field(ge=…, max_length=…)`.
    What people read is in the plugin's catalogue: `<plugin>.settings.<field>`, `….<field>.help` where it needs one, and
    `….<field>.<word>` for each word; a shop's begin with `<plugin>.shop_settings`. The host does not start without the Korean ones.
    """

    # What an older version stored and this one no longer knows is left out, not an error.
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)
