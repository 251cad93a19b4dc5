// Buttons to what comes before and what comes after, out of `count` things. Pressed faster than the
// page answers, the presses add up.
function connectSteps(steps, at, count, go, isFixed = false) {
  receive(steps, at);
  for (const button of steps.querySelectorAll("button")) {
    button.disabled = isFixed;
    button.onclick = () => {
      ask(steps, ((steps.asked ?? at) + Number(button.value) + count) % count);
      go(steps.asked);
    };
  }
}
