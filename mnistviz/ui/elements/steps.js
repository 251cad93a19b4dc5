// Buttons to what comes before and what comes after, out of `count` things. Pressed faster than the
// page answers, the presses add up; an answer that comes later than LATE milliseconds is not waited
// for any more.
const LATE = 1500;

function connectSteps(steps, at, count, go) {
  const late = steps.asked !== undefined && performance.now() - steps.askedAt < LATE;
  if (!late || steps.asked === at) steps.asked = undefined;
  for (const button of steps.querySelectorAll("button")) {
    button.onclick = () => {
      steps.asked = ((steps.asked ?? at) + Number(button.value) + count) % count;
      steps.askedAt = performance.now();
      go(steps.asked);
    };
  }
}
