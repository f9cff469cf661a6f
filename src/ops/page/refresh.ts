/** Loads the page again every half minute, unless it is hidden, or somebody has moved the focus or selects something in it. */
export const REFRESH = `"use strict";
setInterval(() => {
  const isIdle = document.activeElement === document.body && String(getSelection()) === "";
  if (isIdle && !document.hidden) location.reload();
}, 30000);
`;
