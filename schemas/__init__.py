"""What agencies may say: the envelope, the event types with what each is about, and the code lists, as data.

Imports nothing of this project. Reading an event starts in `read.py`; the types are in one module an agency; what a
type is about, whom it names and what it ties is declared beside its fields and read by `about.py`.
"""
