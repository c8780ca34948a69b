"""What the console itself has that a foundation may want two people for: who belongs to the foundation, and how it is called."""

from smilero_tenants.approvals.own import Own
from smilero_tenants.console.colleague import END
from smilero_tenants.console.colleagues import INVITE
from smilero_tenants.console.foundation import CHANGE

OWN: Own = {one.key: one for one in (INVITE, END, CHANGE)}
