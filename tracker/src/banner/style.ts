/** How the banner looks: both buttons alike, in light and in dark, at any width. */
export const style = (accent = "", atTop = false): string => `
:host { all: initial; }
section {
  --accent: ${CSS.supports("color", accent) ? accent : "light-dark(#1d5c4c, #7fd4bb)"};
  color-scheme: light dark;
  position: fixed; z-index: 2147483647; ${atTop ? "top" : "bottom"}: 1rem; left: 1rem; right: 1rem;
  box-sizing: border-box; max-width: 34rem; margin: 0 auto; padding: 1.25rem 1.5rem; border-radius: 14px;
  font: 16px/1.5 system-ui, sans-serif; color: light-dark(#1c2321, #eef3f1); background: light-dark(#fff, #1b2220);
  box-shadow: 0 8px 40px rgb(0 0 0 / .25), 0 0 0 1px light-dark(rgb(0 0 0 / .08), rgb(255 255 255 / .14));
}
section:focus { outline: none; }
h2 { margin: 0 0 .4rem; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
div { display: flex; flex-wrap: wrap; gap: .75rem; }
button {
  flex: 1 1 9rem; padding: .65rem 1rem; font: inherit; font-weight: 600; cursor: pointer; border-radius: 9px;
  color: light-dark(#1c2321, #eef3f1); background: none; border: 2px solid var(--accent);
}
button:hover { background: color-mix(in srgb, var(--accent) 14%, transparent); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
@media print { section { display: none; } }
`.replace(/\s+/g, " ");
