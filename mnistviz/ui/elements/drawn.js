// What Streamlit calls of a component: it draws, and its host tells that it has drawn.
export default function (given) {
  try {
    return drawComponent(given);
  } finally {
    given.parentElement.getRootNode().host.dataset.drawn = "";
  }
}
