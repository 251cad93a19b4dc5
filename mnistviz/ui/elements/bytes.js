// Arrays that come as base64.
const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const floats = (base64) => new Float32Array(bytes(base64).buffer);
