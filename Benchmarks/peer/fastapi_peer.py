"""The work behind FastAPI; served by uvicorn. Plain functions, since the
database drivers wait: FastAPI runs them on its threads."""

from typing import Annotated

from fastapi import Body, Cookie, FastAPI, Header, HTTPException
from fastapi.responses import HTMLResponse

import work

app = FastAPI()


@app.get("/people/{person}", response_class=HTMLResponse)
def person_page(person: str, session: Annotated[str, Cookie()] = ""):
    try:
        return HTMLResponse(work.see_person(session, person))
    except work.SignInRequired:
        raise HTTPException(401)
    except work.NotFound:
        raise HTTPException(404)


@app.post("/api/arrivals", status_code=201)
def arrivals(
    arrival: Annotated[dict, Body()],
    idempotency_key: Annotated[str, Header()],
    session: Annotated[str, Cookie()] = "",
):
    try:
        return work.register_arrival(session, idempotency_key, arrival)
    except work.SignInRequired:
        raise HTTPException(401)
