import { readFileSync } from 'node:fs';
import type { ScenarioResult } from '../result/scenario-result.ts';
import { byScenario, summarise, type Summary } from '../result/summary.ts';
import { elapsed } from '../watcher/notice.ts';
import { html, Html } from './html.ts';
import { playSection } from './play-section.ts';

/** One page with everything in it, that asks no network for anything. */
export function renderReport(results: readonly ScenarioResult[]): string {
  const summary = summarise(results);
  const scenarios = [...byScenario(results)];
  const style = new Html(readFileSync(new URL('./report-style.css', import.meta.url), 'utf8'));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Tina: ${summary.asExpected} of ${summary.plays} scenarios as expected</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>Scenarios</h1>
          <div class="soft">${subtitle(results)}</div>
          ${figures(summary)} ${overview(scenarios)}
          ${scenarios.map(([name, plays]) => scenarioSection(name, plays))}
        </main>
      </body>
    </html>`;
  return `${page.markup}\n`;
}

function subtitle(results: readonly ScenarioResult[]): string {
  const agents = [...new Set(results.map(({ agent }) => agent))].join(', ');
  const first = Math.min(...results.map(({ startedAt }) => startedAt));
  return results.length === 0
    ? 'Nothing was played.'
    : `${new Date(first).toISOString().slice(0, 16).replace('T', ' ')} UTC · agent ${agents}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${Math.round((1000 * part) / whole) / 10} %`;
}

function figures(summary: Summary): Html {
  const { plays, asExpected, meantToComplete, finishedUnaided, p50Ms, p99Ms, anomalies } = summary;
  const tone = (isGood: boolean): string => (isGood ? 'ok' : 'bad');
  return html`<div class="figures">
    <div class="figure">
      <b class="${tone(asExpected === plays)}">${asExpected} of ${plays}</b><span>as expected</span>
    </div>
    <div class="figure">
      <b class="${tone(finishedUnaided === meantToComplete)}">${share(finishedUnaided, meantToComplete)}</b>
      <span>finished without a manual edit, of ${meantToComplete} meant to end complete</span>
    </div>
    <div class="figure"><b>${elapsed(p50Ms)}</b><span>p50 duration</span></div>
    <div class="figure"><b>${elapsed(p99Ms)}</b><span>p99 duration</span></div>
    <div class="figure">
      <b class="${anomalies === 0 ? '' : 'warn'}">${anomalies}</b><span>anomalies seen by the watcher</span>
    </div>
  </div>`;
}

type Plays = readonly [name: string, plays: readonly ScenarioResult[]];

function overview(scenarios: readonly Plays[]): Html {
  return html`<h2>Overview</h2>
    <table class="overview">
      <tr>
        <th>scenario</th>
        <th class="title"></th>
        <th>as expected</th>
        <th class="number wide">unaided</th>
        <th class="number">p50</th>
        <th class="number">p99</th>
      </tr>
      ${scenarios.map(overviewRow)}
    </table>`;
}

function overviewRow([name, plays]: Plays): Html {
  const { meantToComplete, finishedUnaided, p50Ms, p99Ms } = summarise(plays);
  const dots = plays.map(({ asExpected }) => (asExpected ? html`<i></i>` : html`<i class="bad"></i>`));
  return html`<tr>
    <td><a href="#${name}">${name}</a></td>
    <td class="title soft">${plays[0]?.title ?? ''}</td>
    <td><span class="dots">${dots}</span></td>
    <td class="number wide soft">${meantToComplete === 0 ? '–' : share(finishedUnaided, meantToComplete)}</td>
    <td class="number">${elapsed(p50Ms)}</td>
    <td class="number">${elapsed(p99Ms)}</td>
  </tr>`;
}

function scenarioSection(name: string, plays: readonly ScenarioResult[]): Html {
  return html`<h2 id="${name}">${name}</h2>
    <div class="soft" style="margin-bottom: 0.6rem">${plays[0]?.title ?? ''}</div>
    ${plays.map((play) => playSection(play, plays.length === 1))}`;
}
