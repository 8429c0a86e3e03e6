"""A scorer in Python: reads one JSON document from stdin, prints one to stdout; what it prints to stderr is shown where it fails.

Here: a bare number is half an answer where a number with its unit is expected.

    in   {"case": "return-window-1", "fields": {"question": "..."}, "answer": "45", "expected": ["45 days"], "passages": [], ...}
    out  {"value": 0, "why": "45 of what?"}
"""

import json
import re
import sys

row = json.load(sys.stdin)
expected = row["expected"] if isinstance(row["expected"], list) else [row["expected"]]
bare = re.compile(r"\d+([.,]\d+)*")

if not any(isinstance(text, str) and re.match(r"\d", text) for text in expected):
    score = {"skipped": "no number is expected"}
elif any(bare.fullmatch(str(text)) for text in expected):
    score = {"skipped": "a bare number is right here"}
elif bare.fullmatch(row["answer"].strip()):
    score = {"value": 0, "why": f"{row['answer'].strip()} of what?"}
else:
    score = {"value": 1}

print(json.dumps(score))
