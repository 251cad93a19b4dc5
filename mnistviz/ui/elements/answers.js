// What a person asks for is shown at once. An answer to an earlier question, still on its way, must
// not pull it back; one that comes later than LATE milliseconds is not waited for any more.
const LATE = 1500;

function ask(root, value) {
  root.asked = value;
  root.askedAt = performance.now();
}

// Tell whether an answer counts. Then nothing is asked any more.
function receive(root, answer) {
  const waits = root.asked !== undefined && performance.now() - root.askedAt < LATE;
  if (waits && root.asked !== answer) return false;
  root.asked = undefined;
  return true;
}
