/** The page's own style: the dashboard's sheet is built elsewhere and may not be there. */
export const style = `
:root { --ground: #f6f5f1; --text: #23211d; --dim: #65615a; --line: #dcd8cf; --accent: #0d6e6e; }
@media (prefers-color-scheme: dark) { :root { --ground: #161513; --text: #eceae4; --dim: #a29d93; --line: #37342f; --accent: #5fc4c0; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 'Inter Variable', system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 16px 64px; }
h1 { font-size: 28px; line-height: 1.2; } h2 { font-size: 20px; margin: 40px 0 8px; } h4 { font-size: 13px; margin: 16px 0 4px; color: var(--dim); font-weight: 600; }
p { max-width: 720px; } a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
code, pre { font: 13px/1.5 ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace; }
pre { margin: 0; padding: 8px 16px; border-left: 2px solid var(--line); overflow-x: auto; }
details { border-top: 1px solid var(--line); padding: 8px 0; } details[open] { padding-bottom: 24px; }
summary { cursor: pointer; display: grid; grid-template-columns: 64px 310px 1fr 210px; gap: 0 16px; align-items: baseline; }
summary::-webkit-details-marker { display: none; } summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.method { font: 600 13px/1.5 ui-monospace, monospace; color: var(--accent); } .what { color: var(--text); } .who { color: var(--dim); font-size: 13px; text-align: right; }
@media (max-width: 720px) { summary { grid-template-columns: 64px 1fr; } .what, .who { grid-column: 2; text-align: left; } code { overflow-wrap: anywhere; } }
`.trim();
