#!/usr/bin/env python3
"""Makes start.txt: in how many of 10,000 articles the words of everyday text stand.

    pip download --no-deps wordfreq==3.1.1 && pip install msgpack
    make.py wordfreq-3.1.1-py3-none-any.whl > start.txt

A word of frequency f stands in an article of 500 words with the likelihood 1 - exp(-500 f). Words are cut to their first
six letters, as the counts in the program are. A line holds a number of articles and the words that stand in so many.
"""
import gzip, math, sys, unicodedata, zipfile
import msgpack

ARTICLES, WORDS = 10_000, 500
# Language, how many words, and how large its part in the news of the world is taken to be.
LANGUAGES = [("large_en", 13_000, 1.0)] + [(f"small_{lang}", 900, 0.25) for lang in
             "de es fr it pt nl sv ru uk pl cs tr id vi el ro ar".split()]

def fold(word):
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    return plain[:6]

counts = {}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name, at_most, part in LANGUAGES:
        data = msgpack.unpackb(gzip.decompress(wheel.read(f"wordfreq/data/{name}.msgpack.gz")), raw=False)
        own = {}
        for centibels, words in enumerate(data[1:]):
            frequency = 10 ** (-centibels / 100)
            for word in words:
                if word.isalpha():
                    own[fold(word)] = own.get(fold(word), 0) + frequency
        for stem, frequency in sorted(own.items(), key=lambda one: (-one[1], one[0]))[:at_most]:
            count = ARTICLES * part * (1 - math.exp(-WORDS * frequency))
            counts[stem] = max(counts.get(stem, 0), count)

lines = {}
for stem, count in counts.items():
    # Steps of a tenth are exact enough for a logarithm.
    step = round(1.1 ** round(math.log(max(count, 1), 1.1)))
    lines.setdefault(step, []).append(stem)
for step in sorted(lines, reverse=True):
    print(step, *sorted(lines[step]))
