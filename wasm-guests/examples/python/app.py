"""What one wants to know of a customer before a call: the company, what it pays, and which tickets are open.

Both requests are under way at once.
"""

from toolgate_guest import Failed, action, get, info

import asyncio
from urllib.parse import quote


async def summarise(call):
    customer_id = call.input["customer_id"]
    path = f"/customers/{quote(customer_id, safe='')}"
    customer, tickets = await asyncio.gather(get(path), get(f"{path}/tickets"))
    if customer.status == 404:
        raise Failed(f"there is no customer {customer_id}")
    customer = customer.successful().json()
    tickets = tickets.successful().json()["data"]
    info(f"{customer_id}: {len(tickets)} tickets")
    return {
        "company": customer["company"],
        "annual_value": customer["annual_value"],
        "tickets": len(tickets),
        "open": [ticket["title"] for ticket in tickets if ticket["status"] == "open"],
    }


WitWorld = action(summarise)
