/** The stylesheet. The same colours mean the same on every screen; none is the only bearer of what it means. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ground: #fff; --text: #1a1d21; --soft: #555b63; --line: #c9ced4; --panel: #f4f6f8; --link: #0b5394;
  --red: #a3140f; --amber: #7a4b00; --green: #14622f; --sandbox: #1d4e89; --production: #8e1212; --on: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --text: #e8eaed; --soft: #a9b1ba; --line: #474e56; --panel: #1f2429; --link: #8ab8f0;
    --red: #ff9a92; --amber: #f0b860; --green: #7fd49b; --sandbox: #1d4e89; --production: #8e1212;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; display: block; padding: .5rem 1rem; }
header { border-bottom: 1px solid var(--line); }
header p { margin: 0; padding: .5rem 1rem; color: var(--on); display: flex; flex-wrap: wrap; gap: 0 1rem; }
header.sandbox p { background: var(--sandbox); }
header.production p { background: var(--production); }
header strong { text-transform: uppercase; letter-spacing: .05em; }
header .account { margin-left: auto; }
header :focus-visible { outline-offset: -3px; }
nav ul { display: flex; flex-wrap: wrap; margin: 0; padding: 0 .5rem; list-style: none; }
nav a { display: block; padding: .5rem; }
nav a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; border-bottom: 3px solid currentColor; }
main, footer { max-width: 75rem; margin: 0 auto; padding: 0 1rem; }
footer { color: var(--soft); border-top: 1px solid var(--line); margin-top: 2rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.red { color: var(--red); } .amber { color: var(--amber); } .green { color: var(--green); }
.soft { color: var(--soft); } .blue { color: var(--link); }
.timeline { margin: 1rem 0; }
.timeline .marks { display: flex; margin-left: 7rem; font-size: .8rem; color: var(--soft); }
.timeline .marks span { flex: 1; overflow: hidden; white-space: nowrap; }
.timeline .row { display: grid; grid-template-columns: 7rem 1fr; align-items: center; }
.timeline .row span { overflow-wrap: anywhere; }
.timeline svg { width: 100%; height: 1.6rem; background: var(--panel); }
.timeline rect { y: 3px; height: 14px; fill: currentColor; }
.timeline .soft rect { fill: none; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.timeline .base { stroke: var(--line); } .timeline .now { stroke: var(--text); stroke-width: 2; vector-effect: non-scaling-stroke; }
.timeline .key { border-left: .8rem solid currentColor; padding-left: .3rem; margin-right: .6rem; }
.sentences { list-style: none; padding: 0; }
.sentences li { border-left: .4rem solid currentColor; background: var(--panel); padding: .5rem 1rem; margin: .5rem 0; }
.sentences p { color: var(--text); margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
form p { margin: .7rem 0; }
label { display: inline-block; }
input, select, textarea, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .25rem; padding: .35rem .6rem; max-width: 100%; }
button { background: var(--panel); cursor: pointer; font-weight: 600; }
button.danger { background: var(--production); color: var(--on); border-color: var(--production); }
fieldset { border: 1px solid var(--line); margin: 1rem 0; }
.notice { border: 1px solid var(--line); border-left: .4rem solid var(--link); background: var(--panel); padding: .5rem 1rem; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } header .account { margin-left: 0; } .timeline .row { grid-template-columns: 1fr; } .timeline .marks { margin-left: 0; } .timeline .marks span:nth-child(even), .timeline .marks span:last-child { visibility: hidden; } .timeline .marks span:nth-child(odd):not(:last-child) { overflow: visible; } }
@media print { nav, .skip, form { display: none; } }
`;
