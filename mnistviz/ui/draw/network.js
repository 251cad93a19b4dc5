// A network out of bytes, and its forward pass: each sum in double precision, each layer's outputs
// kept in float32, as PyTorch keeps them.

// erf to within 2e-16 of 1; source: Press et al., "Numerical Recipes", 3rd edition, section 6.2.2.
const CHEBYSHEV = [
  -1.3026537197817094, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808631e-3,
  -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
  -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
  5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
  8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
  -2.8e-17,
];

function erf(x) {
  const size = Math.abs(x);
  const t = 2 / (2 + size);
  const ty = 4 * t - 2;
  let [now, before] = [0, 0];
  for (let j = CHEBYSHEV.length - 1; j > 0; j -= 1)
    [now, before] = [ty * now - before + CHEBYSHEV[j], now];
  const rest = t * Math.exp(-size * size + 0.5 * (CHEBYSHEV[0] + ty * now) - before);
  return x >= 0 ? 1 - rest : rest - 1;
}

const ACTIVATIONS = {
  none: (x) => x,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  relu: (x) => (x <= 0 ? 0 : x),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
  silu: (x) => x / (1 + Math.exp(-x)),
  softplus: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))),
};

// The bytes: the length of a head, the head as JSON, then for each layer its weight (outputs,
// inputs) and its bias, float32, lowest byte first.
function headOf(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return { length, ...JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) };
}

const digestOf = (bytes) => headOf(bytes).digest;

function readNetwork(bytes) {
  const { length, ...head } = headOf(bytes);
  // A view of float32 has to begin at a multiple of four.
  const values = new Float32Array(bytes.slice(4 + length).buffer);
  const layers = [];
  let at = 0;
  for (let i = 1; i < head.sizes.length; i += 1) {
    const [inputs, outputs] = [head.sizes[i - 1], head.sizes[i]];
    const weight = values.subarray(at, at + inputs * outputs);
    const bias = values.subarray(at + inputs * outputs, at + inputs * outputs + outputs);
    layers.push({ inputs, outputs, weight, bias });
    at += inputs * outputs + outputs;
  }
  // Where fewer are named than there are hidden layers, the last one goes on.
  const named = head.activation.split(",").map((name) => ACTIVATIONS[name]);
  layers.slice(0, -1).forEach((layer, i) => {
    layer.activation = named[Math.min(i, named.length - 1)];
  });
  return { digest: head.digest, layers };
}

function inputsOf(pixels, normalized) {
  const inputs = new Float32Array(pixels.length);
  pixels.forEach((value, at) => {
    const share = Math.fround(value / 255);
    inputs[at] = normalized ? Math.fround(share - 0.5) / 0.5 : share;
  });
  return inputs;
}

function dense({ inputs, outputs, weight, bias }, x) {
  const sums = new Float32Array(outputs);
  const last = outputs - (outputs % 4);
  let unit = 0;
  // Four units side by side: the processor need not wait for one sum before it goes on with the
  // next, and each input is fetched once for all four.
  for (; unit < last; unit += 4) {
    const first = unit * inputs;
    const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < inputs; i += 1) {
      const value = x[i];
      a += weight[first + i] * value;
      b += weight[second + i] * value;
      c += weight[third + i] * value;
      d += weight[fourth + i] * value;
    }
    sums[unit] = a + bias[unit];
    sums[unit + 1] = b + bias[unit + 1];
    sums[unit + 2] = c + bias[unit + 2];
    sums[unit + 3] = d + bias[unit + 3];
  }
  for (; unit < outputs; unit += 1) {
    let sum = 0;
    for (let i = 0; i < inputs; i += 1) sum += weight[unit * inputs + i] * x[i];
    sums[unit] = sum + bias[unit];
  }
  return sums;
}

// In float32 at the end too: two logits that PyTorch finds equally probable are so here.
function softmax(logits) {
  const most = logits.reduce((a, b) => (a >= b || Number.isNaN(a) ? a : b));
  const exps = Array.from(logits, (z) => Math.exp(z - most));
  const sum = exps.reduce((a, b) => a + b);
  return exps.map((e) => Math.fround(e / sum));
}

// The ten probabilities of 28 by 28 pixels.
function classify(network, pixels, normalized) {
  let x = inputsOf(pixels, normalized);
  network.layers.forEach((layer) => {
    x = dense(layer, x);
    if (layer.activation) x = x.map(layer.activation);
  });
  return softmax(x);
}

// The answer of ten probabilities, as `network/answers.py` has it: none where several share the lead.
function bestOf(shares) {
  if (!shares || !shares.every(Number.isFinite)) return null;
  const most = Math.max(...shares);
  return shares.filter((share) => share === most).length === 1 ? shares.indexOf(most) : null;
}
