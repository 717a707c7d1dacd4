"""All flows through the REST API, with only Python's standard library.

The argument is the address of the service. To read a mail, it prints `mail <kind> <address>` and reads the mailed link or
code from standard input. At the end it prints `done`. A failed assertion ends it with a traceback and exit code 1.
"""

import base64
import hashlib
import itertools
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1] + "/api/v1/auth"
EMAIL = "Python@example.com"
PASSWORD = "a long and quiet night"


def call(method, path, body=None, token=None, language=None):
    """Returns status, headers and parsed body, also of an error response."""
    request = urllib.request.Request(BASE + path, method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    if token is not None:
        request.add_header("Authorization", "Bearer " + token)
    if language is not None:
        request.add_header("Accept-Language", language)
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        return answer.status, answer.headers, json.load(answer)


def refused(status, error, answer):
    assert answer[0] == status, answer
    assert answer[2]["code"] == status and answer[2]["error"] == error, answer
    assert answer[2]["request_id"] == answer[1]["X-Request-Id"], answer
    return answer[2]


def succeeded(status, message, answer):
    assert answer[0] == status, answer
    assert answer[2]["code"] == 0 and answer[2]["message"] == message, answer
    return answer[2]


def mailed(kind, email=EMAIL):
    print("mail", kind, email, flush=True)
    line = sys.stdin.readline().strip()
    return urllib.parse.parse_qs(urllib.parse.urlsplit(line).query)["token"][0] if kind.endswith("-link") else line


def solved_captcha():
    """Solves ALTCHA's proof of work (version 2, PBKDF2/SHA-256): finds a counter whose key starts with the prefix."""
    challenge = call("GET", "/captcha/challenge")[2]
    challenge = challenge.get("data", challenge)
    parameters = challenge["parameters"]
    nonce, salt, prefix = (bytes.fromhex(parameters[name]) for name in ("nonce", "salt", "keyPrefix"))
    for counter in itertools.count():
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, parameters["cost"], parameters["keyLength"])
        if key.startswith(prefix):
            break
    payload = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key.hex()}}
    return base64.b64encode(json.dumps(payload).encode()).decode()


registration = {"email": EMAIL, "username": "python", "password": PASSWORD}
body = succeeded(201, "user created, verification email sent", call("POST", "/register", registration))
assert body["data"]["user"]["email"] == EMAIL and body["data"]["tokens"] is None, body
refused(409, "EMAIL_TAKEN", call("POST", "/register/", registration))
body = refused(400, "VALIDATION_FAILED", call("POST", "/register", {**registration, "userName": "x"}))
assert body["details"] == [{"path": "userName", "message": "unknown field"}], body

body = refused(401, "INVALID_CREDENTIALS", call("POST", "/login", {"email": EMAIL, "password": "wrong"}, language="zh"))
assert body["message"] == "邮箱或密码错误", body
body = succeeded(200, "login successful", call("POST", "/login", {"email": EMAIL.lower(), "password": PASSWORD}))
token, tokens = body["token"], body["data"]["tokens"]
assert token == tokens["access_token"] and tokens["expires_in"] == 1800, body

body = succeeded(200, "success", call("GET", "/profile/", token=token))
assert body["data"]["username"] == "python" and body["data"]["is_email_verified"] is False, body
link = "/verify/" + mailed("verification-link")
succeeded(200, "email verified successfully", call("GET", link))
succeeded(200, "already verified", call("GET", link))
body = succeeded(200, "success", call("GET", "/profile", token=token))
assert body["data"]["is_email_verified"] is True, body

body = succeeded(200, "token refreshed", call("POST", "/token/refresh/", {"refresh_token": tokens["refresh_token"]}))
assert body["data"]["refresh_token"] != tokens["refresh_token"], body
newer = body["data"]["access_token"]
body = succeeded(200, "success", call("GET", "/sessions", token=newer))
assert [session["current"] for session in body["data"]] == [True], body
assert body["data"][0]["user_agent"].startswith("Python-urllib/"), body

body = succeeded(200, "logged out", call("POST", "/logout/", token=newer))
assert body["data"] is None, body
for dead in (token, newer):
    answer = call("GET", "/profile", token=dead)
    refused(401, "TOKEN_INVALID", answer)
    assert answer[1]["WWW-Authenticate"] == "Bearer", answer
refused(401, "MISSING_TOKEN", call("POST", "/logout"))

refused(400, "CAPTCHA_REQUIRED", call("POST", "/password/reset/send", {"email": EMAIL}))
asked = {"email": EMAIL, "captcha": solved_captcha()}
succeeded(200, "password reset email sent", call("POST", "/password/reset/send", asked))
reset = {"token": mailed("reset-link"), "new_password": "another long and quiet night"}
succeeded(200, "password reset successful", call("POST", "/password/reset", reset))
refused(400, "LINK_USED", call("POST", "/reset-password", reset))
body = succeeded(200, "login successful", call("POST", "/login", {"email": EMAIL, "password": reset["new_password"]}))
change = {"current_password": reset["new_password"], "new_password": PASSWORD}
succeeded(200, "password changed", call("POST", "/password/change", change, token=body["token"]))
succeeded(200, "login successful", call("POST", "/login", {"email": EMAIL, "password": PASSWORD}))

OTHER = "coded@example.com"
succeeded(200, "verification code sent", call("POST", "/send-code", {"email": OTHER, "type": "register"}))
code = mailed("verification-code", OTHER)
body = call("POST", "/register", {"email": OTHER, "username": "coded", "password": PASSWORD, "code": code})
assert body[0] == 201 and body[2]["data"]["user"]["is_email_verified"] is True, body
body = succeeded(200, "success", call("GET", "/profile", token=body[2]["data"]["tokens"]["access_token"]))
assert body["data"]["email"] == OTHER, body

print("done", flush=True)
