"""Damages bytes at random, blindly and where the format has numbers and values."""

import re

INTEGERS = [0, 1, 2, 7, 255, 256, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1]
VALUES = [
    "null", "true", "false", "0", "-1", "1e308", "18446744073709551616", '""', '"\\u0000"', "[]", "{}",
    "[[[[[[[[]]]]]]]]", '{"a":{"a":{"a":1}}}', '"' + "x" * 5000 + '"', "[" + "0," * 2000 + "0]", "NaN"]
# A value in JSON that holds no other.
SCALAR = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null')


def mutate(data, random, is_text):
    """Some damage, most often one place, now and then several."""
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        kinds = [flip, overwrite, cut, insert, repeat] + ([replace_value] * 4 if is_text else [integer] * 3)
        data = random.choice(kinds)(data, random)
    return data


def place(data, random, room=1):
    # Headers are at the front, and most of what can go wrong is in them.
    end = max(1, len(data) - room)
    return random.randrange(min(end, 4096)) if random.random() < 0.5 else random.randrange(end)


def flip(data, random):
    at = place(data, random)
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1:] if data else data


def overwrite(data, random):
    at, count = place(data, random), random.choice([1, 2, 4, 8, 64])
    return data[:at] + random.randbytes(count) + data[at + count:]


def cut(data, random):
    return data[:place(data, random)] if random.random() < 0.3 else data[:-random.randrange(1, 64)]


def insert(data, random):
    at = place(data, random)
    return data[:at] + random.randbytes(random.choice([1, 3, 8, 100])) + data[at:]


def repeat(data, random):
    at, count = place(data, random), random.choice([1, 8, 64, 1000])
    return data[:at] + data[at:at + count] * random.choice([2, 3, 50]) + data[at + count:]


def integer(data, random):
    size = random.choice([1, 2, 4, 8])
    at = place(data, random, size)
    number = random.choice(INTEGERS) % (1 << 8 * size)
    return data[:at] + number.to_bytes(size, "little") + data[at + size:]


def replace_value(data, random):
    found = list(SCALAR.finditer(data[:200_000]))
    if not found:
        return flip(data, random) if data else data
    at = random.choice(found)
    other = random.choice(VALUES).encode() if random.random() < 0.7 else random.choice(found).group()
    return data[:at.start()] + other + data[at.end():]
