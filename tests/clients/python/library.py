"""An API that describes itself: FastAPI makes its OpenAPI description and judges every request by the same types.

Each operation answers with what it understood, so that a value that arrives as another one is seen.
"""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Body, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Path, Query, Response, UploadFile
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

app = FastAPI(title="Library", version="2.1.0", description="Books, and who reads them.")
TOKEN, KEY = "library-t0ken", "library-k3y"


class Kind(str, Enum):
    """What something in the library is."""

    book = "book"
    map = "map"


class Author(BaseModel):
    """Who wrote something."""

    name: str = Field(min_length=1, max_length=80)
    born: date | None = None


class Printed(BaseModel):
    """A book on paper."""

    medium: Literal["paper"]
    pages: int = Field(gt=0)


class Recorded(BaseModel):
    """A book to listen to."""

    medium: Literal["audio"]
    minutes: float = Field(gt=0)


class Chapter(BaseModel):
    """A part of a book, in parts itself."""

    title: str
    parts: list["Chapter"] = []


class Book(BaseModel):
    """Something to read."""

    model_config = ConfigDict(extra="forbid")

    title: str
    authors: list[Author] = Field(min_length=1)
    kind: Kind = Kind.book
    price: Decimal | None = Field(default=None, ge=0, max_digits=6, decimal_places=2)
    added: datetime | None = None
    edition: Printed | Recorded = Field(discriminator="medium")
    labels: dict[str, int] = {}
    chapters: list[Chapter] = []


class Filters(BaseModel):
    """A query of many parameters."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=10, ge=1, le=100)
    order_by: Literal["title", "added"] = "title"
    tags: list[str] = []
    between: tuple[int, int] | None = None


def credentials(
    token: Annotated[Any, Depends(HTTPBearer())], key: Annotated[str, Depends(APIKeyHeader(name="X-Library-Key"))]
) -> None:
    """Lets through who has both the token and the key."""
    if (token.credentials, key) != (TOKEN, KEY):
        raise HTTPException(403, "not with these")


@app.get("/books")
def list_books(filters: Annotated[Filters, Query()]) -> Filters:
    return filters


@app.get("/books/{book_id}", summary="One book")
def get_book(
    book_id: Annotated[UUID, Path()],
    kind: Kind,
    since: datetime | None = None,
    exact: bool = False,
    pages: Annotated[list[int], Query(alias="page[]")] = [],
) -> dict[str, Any]:
    return {"book_id": book_id, "kind": kind, "since": since, "exact": exact, "pages": pages}


@app.head("/books/{book_id}")
def has_book(book_id: UUID) -> Response:
    return Response(headers={"X-Book": str(book_id)})


@app.options("/books")
def book_options() -> Response:
    return Response(status_code=204, headers={"Allow": "GET, POST"})


@app.post("/books", status_code=201)
def add_book(book: Book, notify: Annotated[bool, Query()] = False) -> dict[str, Any]:
    return {"book": book, "notify": notify}


@app.put("/books/{book_id}/authors")
def set_authors(book_id: UUID, authors: list[Author]) -> list[Author]:
    return authors


@app.patch("/books/{book_id}")
def change_book(
    book_id: UUID, title: Annotated[str, Body()], labels: Annotated[dict[str, int], Body()]
) -> dict[str, Any]:
    return {"book_id": book_id, "title": title, "labels": labels}


@app.delete("/books/{book_id}", status_code=204)
def remove_book(book_id: UUID, reason: Annotated[str, Query(pattern="^[a-z ]+$", max_length=40)]) -> None:
    return None


@app.get("/files/{name:path}")
def get_file(name: str) -> dict[str, Any]:
    return {"name": name}


@app.get("/visits")
def count_visits(
    x_visitor: Annotated[int, Header()],
    x_tags: Annotated[list[str], Header()],
    session: Annotated[str, Cookie()],
    theme: Annotated[Literal["light", "dark"], Cookie()] = "light",
) -> dict[str, Any]:
    return {"visitor": x_visitor, "tags": x_tags, "session": session, "theme": theme}


@app.post("/readers")
def add_reader(
    name: Annotated[str, Form()], ages: Annotated[list[int], Form()], member: Annotated[bool, Form()] = False
) -> dict[str, Any]:
    return {"name": name, "ages": ages, "member": member}


@app.post("/covers")
async def add_covers(
    title: Annotated[str, Form()], cover: UploadFile, pages: Annotated[list[UploadFile], File()]
) -> dict[str, Any]:
    async def seen(file: UploadFile) -> list[str | None]:
        return [file.filename, file.content_type, hashlib.sha256(await file.read()).hexdigest()]

    return {"title": title, "cover": await seen(cover), "pages": [await seen(page) for page in pages]}


@app.post("/notes")
def add_note(note: Annotated[str, Body(media_type="text/plain")]) -> dict[str, Any]:
    return {"note": note}


@app.post("/loans", dependencies=[Depends(credentials)])
def lend(book_id: Annotated[UUID, Body(embed=True)]) -> dict[str, Any]:
    return {"lent": book_id}
