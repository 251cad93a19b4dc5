"""A question asked before the answer is shown: choose, then reveal."""

import streamlit as st

from mnistviz.ui.session import links
from mnistviz.words import Lesson, read


def ask(lesson: Lesson, page: str, reason: str = "why", **numbers: object) -> bool:
    """Ask the page's question; once an answer is selected, it can be checked.

    Args:
        lesson: the page's words, with the parts `question` and `why`.
        page: the page's name, the beginning of the widgets' keys.
        reason: which part of the lesson says why.
        numbers: what is computed for the placeholders of `why`.

    Returns:
        Whether the answer is revealed.
    """
    question, words = lesson.question, read("frame").parts
    answer, reveal = links.private(f"{page}_answer"), links.private(f"{page}_reveal")
    with st.container(key=f"{page}_question", border=True):
        selected = st.radio(question.text, question.options, index=None, **answer)
        revealed = st.toggle(words["reveal"], disabled=selected is None, **reveal)
        if selected is None or not revealed:
            return False
        if selected == question.options[question.right]:
            outcome = words["right"]
        else:
            outcome = words["wrong"].format(answer=question.options[question.right])
        st.markdown(f"{outcome}\n\n{lesson.parts[reason].format(**numbers)}")
    return True
