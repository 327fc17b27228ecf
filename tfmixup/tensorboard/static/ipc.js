// Messages to and from the page around this frame. TensorBoard calls them
// experimental: everything works without them, but no reload is announced.

const WAIT = 300;

/** `call(type, payload)` gives a promise; `listen(type, callback)`. */
export function connect() {
  const listeners = new Map();
  const waiting = new Map();
  if (window.parent === window) {
    return { call: () => Promise.reject(new Error("alone")), listen() {} };
  }
  const channel = new MessageChannel();
  const port = channel.port1;
  let count = 0;

  port.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.isReply) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
      return;
    }
    listeners.get(message.type)?.(message.payload);
    // The sender waits for a reply to each message.
    const reply = { ...message, payload: null, error: null, isReply: true };
    port.postMessage(JSON.stringify(reply));
  };
  window.parent.postMessage("experimental.bootstrap", "*", [channel.port2]);

  function call(type, payload) {
    return new Promise((resolve, reject) => {
      const id = count++;
      setTimeout(() => reject(new Error("no reply")), WAIT);
      waiting.set(id, ({ payload: answer, error }) =>
        error ? reject(new Error(error)) : resolve(answer),
      );
      const message = { type, id, payload, error: null, isReply: false };
      port.postMessage(JSON.stringify(message));
    });
  }
  return { call, listen: (type, callback) => listeners.set(type, callback) };
}
