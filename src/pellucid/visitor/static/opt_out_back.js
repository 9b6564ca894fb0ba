/* Tells the frame that opened this window that its visitor has confirmed. No page but the server's own hears it. */
const { token } = document.querySelector("#confirmed").dataset;
window.opener?.postMessage({ takenBack: token }, location.origin);
