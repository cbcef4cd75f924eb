"""Subjects that misbehave, one for each way: what an auditor must survive and name.

Takes the name of the way and, of the right implementation, its folder.
"""
import json
import os
import shutil
import sys
import threading
import time

way, folder = sys.argv[1:]
sys.path.insert(0, folder)
import numpy as np

import wellbehaved_numpy as right

# Markup of pages and of terminals, a mark that turns the direction of reading, a separator of lines, a character of no width.
DRESSED = "<img src=x onerror=alert(1)> [a](http://b) |c| *d* `e` \x1b[31m\x1b]0;f\x07 \u202eg\u2028h\u200b &amp; \u009b2J"
KNOWN = ["request", "protocol", "network", "input", "depths", "tensors", "moments", "output", "seed", "first", "simulations"]


def answer_lines():
    """Requests, and what the right implementation answers."""
    for line in sys.stdin:
        message = json.loads(line)
        identity = message.pop("id")
        if message["request"] == "stop":
            return
        if way == "accepts-unknown-fields":
            message = {name: value for name, value in message.items() if name in KNOWN}
        try:
            done = right.describe(**message) if message["request"] == "describe" else right.answer(**message)
            yield message, {"id": identity, "status": "done", **done}
        except Exception as exception:
            yield message, {"id": identity, "status": "error", "reason": repr(exception)}


def say(reply):
    print(json.dumps(reply), flush=True)


def rewrite(path, change):
    with np.load(path) as arrays:
        changed = change(dict(arrays))
    np.savez(path, **changed)


def without_signal(arrays):
    del arrays["signal"]
    return arrays


def leave_daemon(hidden):
    """Starts a process that outlives this one, in a session of its own, without its files; hidden, without its environment too."""
    if os.fork() > 0:
        return os.wait()
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for file in range(3):
        os.dup2(nowhere, file)
    os.execve("/bin/sleep", ["sleep", "600"], {} if hidden else dict(os.environ))


def swap(output):
    """Puts a file and a named pipe in the place of the output, in turn, for ever."""
    pipe, file = output + ".pipe", output + ".file"
    while True:
        os.mkfifo(pipe)
        os.replace(pipe, output)
        with open(file, "wb") as stream:
            stream.write(b"no archive")
        os.replace(file, output)


def misbehave(message, reply):
    """What to do instead of answering a request for tensors."""
    output = message["output"]
    if way == "crash-late" and message["network"]["kernel_size"] == 2:  # not in the test of the adapter
        sys.exit("out of memory")
    if way == "crash-mid-way":
        sys.exit("out of luck")
    if way == "reports-errors" and message["network"]["kernel_size"] == 2:
        reply = {"id": reply["id"], "status": "error", "reason": "LinAlgError('did not converge')"}
    if way == "hang":
        time.sleep(600)
    if way == "half-a-line":
        sys.stdout.write(json.dumps(reply)[:20])
        sys.stdout.flush()
        sys.exit(0)
    if way == "half-a-line-and-hang":
        sys.stdout.write(json.dumps(reply)[:20])
        sys.stdout.flush()
        time.sleep(600)
    if way == "wrong-id":
        return say({**reply, "id": reply["id"] + 1})
    if way == "garbage":
        return print("loading weights...", flush=True)
    if way == "a-gigabyte":
        for _ in range(1024):
            sys.stdout.write("x" * 2 ** 20)
        sys.stdout.flush()
    if way == "not-utf-8":
        sys.stdout.buffer.write(b'{"id": \xff\xfe}\n')
        sys.stdout.buffer.flush()
        return None
    if way == "a-gigabyte-of-errors":
        for _ in range(1024):
            sys.stderr.write("x" * 2 ** 20)
        sys.exit(1)
    if way == "truncated-npz":
        with open(output, "r+b") as file:
            file.truncate(os.path.getsize(output) // 2)
    if way == "no-file":
        os.remove(output)
    if way == "huge-file":
        with open(output, "r+b") as file:
            file.truncate(2 ** 33)
    if way == "endless-file":
        with open(output, "ab") as file:
            while True:
                file.write(bytes(2 ** 20))
                file.flush()
                time.sleep(0.05)
    if way == "link-to-another-file":
        os.remove(output)
        os.symlink(os.path.abspath(__file__), output)
    if way == "wrong-shape":
        rewrite(output, lambda arrays: {name: values[..., :-1] for name, values in arrays.items()})
    if way == "missing-array":
        rewrite(output, without_signal)
    if way == "unknown-array":
        rewrite(output, lambda arrays: {**arrays, "extra": np.zeros(3)})
    if way == "text-in-the-array":
        rewrite(output, lambda arrays: {name: values.astype(str) for name, values in arrays.items()})
    if way == "nan":
        rewrite(output, lambda arrays: {name: np.full_like(values, np.nan) for name, values in arrays.items()})
    if way == "no-moments" and message["tensors"]:
        rewrite(output, lambda arrays: {name: arrays[name] for name in ("signal", "noise")})
    if way == "unknown-field":
        reply["remark"] = "done in no time"
    if way == "error-without-reason":
        reply = {"id": reply["id"], "status": "error"}
    if way == "declines-everything":
        reply = {"id": reply["id"], "status": "declined", "reason": "not today"}
    if way == "declines-batch-norm" and message["network"]["architecture"].startswith("bn"):
        reply = {"id": reply["id"], "status": "declined", "reason": "no batch norm here"}
    if way == "another-seed-each-time":
        rewrite(output, lambda arrays: {name: values * (1 + 0.001 * np.random.default_rng().random()) for name, values in arrays.items()})
    if way == "declines-deep-nets" and message["network"]["total_depth"] > 20:
        reply = {"id": reply["id"], "status": "declined", "reason": "nets deeper than 20 layers"}
    if way == "swaps-file-and-pipe":
        threading.Thread(target=swap, args=[output], daemon=True).start()
        time.sleep(0.2)
    if way == "removes-the-folder":
        shutil.rmtree(os.path.dirname(output))
    if way == "folder-in-the-place-of-the-output":
        os.remove(output)
        os.makedirs(os.path.join(output, "deep"))
    if way == "folder-in-the-place-of-the-input":
        os.remove(message["input"])
        os.makedirs(os.path.join(message["input"], "deep"))
    if way.startswith("dresses-up") and message["network"]["kernel_size"] == 2:
        status = "declined" if way == "dresses-up-refusals" else "error"
        reply = {"id": reply["id"], "status": status, "reason": f"no {DRESSED}"}
    if way == "dresses-up-last-words":
        sys.exit(f"oh {DRESSED}")
    say(reply)


if way in ("leaves-a-daemon", "leaves-a-hidden-daemon"):
    leave_daemon(way == "leaves-a-hidden-daemon")
if way == "crash-at-start":
    sys.exit("cannot import jax")
if way == "silent-at-start":
    time.sleep(600)
if way == "the-same-weights-each-time":
    initialise = right.initialise
    right.initialise = lambda net, seed, simulation, inputs: initialise(net, 0, 0, inputs)
for request, reply in answer_lines():
    if request["request"] == "describe" and reply["status"] == "done":
        if way == "an-infinite-epsilon":
            print(json.dumps({**reply, "epsilons": ["X"]}).replace('"X"', "1e999"), flush=True)
            continue
        if way.startswith("dresses-up"):
            reply["name"] = f"name {DRESSED}"
            reply["version"] = f"version {DRESSED}"
        if way == "describes-a-resnet":
            reply["architectures"] = ["resnet"]
        if way == "fully-connected-only":
            reply["boundaries"] = []
        if way == "single-architecture":
            reply["architectures"] = ["vanilla"]
        if way == "no-moments":
            reply["moments"] = []
        if way == "only-given-weights":
            reply["operations"] = ["propagate"]
        say(reply)
    elif reply["status"] == "done":
        misbehave(request, reply)
    else:
        say(reply)
