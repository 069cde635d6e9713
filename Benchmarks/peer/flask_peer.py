"""The work behind Flask; served by gunicorn."""

from flask import Flask, abort, jsonify, request

import work

app = Flask(__name__)


@app.get("/people/<person>")
def person_page(person: str):
    try:
        return work.see_person(request.cookies.get("session", ""), person)
    except work.SignInRequired:
        abort(401)
    except work.NotFound:
        abort(404)


@app.post("/api/arrivals")
def arrivals():
    try:
        answer = work.register_arrival(
            request.cookies.get("session", ""), request.headers["Idempotency-Key"], request.json
        )
    except work.SignInRequired:
        abort(401)
    return jsonify(answer), 201
