"""The yardstick: plain Streamlit with its defaults, one control, ten bars, no torch."""

import plotly.graph_objects as go
import streamlit as st

seed = st.segmented_control("Seed", list(range(5)), default=0, key="seed")
values = [((seed or 0) * 7 + digit * 3) % 10 / 10 + 0.1 for digit in range(10)]
figure = go.Figure(
    go.Bar(x=[str(digit) for digit in range(10)], y=values, text=[f"{v:.1f}" for v in values])
)
st.plotly_chart(figure, key="bars")
