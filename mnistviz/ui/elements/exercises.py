"""An exercise to solve alone: the task, how to check it, and a solution when it is asked for."""

from collections.abc import Callable

import streamlit as st

from mnistviz.lessons.tries import Ran
from mnistviz.ui.elements import families, show
from mnistviz.words import Lesson, read


def offer(lesson: Lesson, solve: Callable[[], Ran], **numbers: object) -> None:
    """Offer the page's exercise; nothing is run before the solution is asked for.

    Args:
        lesson: the page's words, with the parts `exercise` and `exercise_check`.
        solve: runs a solution.
        numbers: what is computed for the placeholders of both parts.
    """
    words = read("frame").parts
    families.check(families.EXERCISES, lesson.name)
    with show.opened(words["exercise_title"], f"{lesson.name}_exercise_open") as opened:
        if not opened:
            return
        task = "\n\n".join(lesson.parts[part] for part in ("exercise", "exercise_check"))
        with st.container(key=f"{lesson.name}_task"):
            st.markdown(task.format(**numbers))
            if st.toggle(words["exercise_reveal"], key=f"{lesson.name}_solution"):
                with st.container(key=f"{lesson.name}_solved"):
                    show_run(solve())


def show_run(result: Ran) -> None:
    """Show code that was run beside what it printed or raised."""
    words = read("frame").parts
    code, outcome = st.columns([5.5, 4.5], gap="small")
    with code:
        st.code(result.code, language="python", wrap_lines=True)
    with outcome:
        if result.printed or not result.error:
            st.markdown(words["printed_first" if result.error else "printed"])
            st.code(result.printed, language=None, wrap_lines=True)
        if result.error:
            st.error(words["raised"], icon=":material/block:")
            st.code(result.error, language=None, wrap_lines=True)
