import type { ScenarioResult } from '../result/scenario-result.ts';
import type { Failure } from '../verdict/failure.ts';
import { elapsed } from '../watcher/notice.ts';
import { chart, legend } from './chart.ts';
import { html, type Html } from './html.ts';

/** One play: a line that opens to its timeline, what the watcher said, and why it failed. Failed ones are open. */
export function playSection(result: ScenarioResult, isAlone: boolean): Html {
  const { repetition, failures, runs, durationMs, startedAt } = result;
  const status = runs[0]?.status ?? 'not launched';
  const verdict =
    failures.length === 0
      ? html`<span class="ok">as expected</span>`
      : html`<span class="bad">${[...new Set(failures.map(({ category }) => category))].join(', ')}</span>`;
  const open = failures.length > 0 || isAlone ? html` open` : null;
  const when = new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ');
  return html`<details class="play" ${open}>
    <summary>
      <b>${status}</b> ${verdict}<span class="when"
        >${isAlone ? null : `#${repetition} · `}${elapsed(durationMs)}</span
      >
    </summary>
    <div class="body">
      ${failures.map(failureBlock)} ${runs.length === 0 ? null : html`${chart(result)}${legend()}`}
      ${noticeList(result)}
      <p class="soft">${when} UTC, agent ${result.agent}${metricsText(result)}</p>
    </div>
  </details>`;
}

function failureBlock({ category, message, evidence, next }: Failure): Html {
  return html`<div class="failure">
    <span class="chip bad">${category}</span> ${message}
    ${evidence.map(
      ({ title, lines }) =>
        html`<details>
          <summary class="soft">${title}</summary>
          <pre>${lines.join('\n')}</pre>
        </details>`,
    )}
    <div class="soft">next: ${next.join('; ')}</div>
  </div>`;
}

interface Line {
  readonly afterMs: number;
  readonly text: string;
  readonly tone: string;
}

const TONES = { milestone: '', setback: 'warn', anomaly: 'bad' } as const;

/** What kills stands out among what an operator does. */
function toneOf(played: string): string {
  return /^(?:kill|freeze)\b/.test(played) ? 'bad' : 'soft';
}

/** What the watcher said and what was played, in the order of time. */
function noticeList({ notices, faults }: ScenarioResult): Html {
  const lines: readonly Line[] = [
    ...notices.map(({ afterMs, text, kind }) => ({ afterMs, text, tone: TONES[kind] })),
    ...faults.map(({ afterMs, text }) => ({ afterMs, text: `played: ${text}`, tone: toneOf(text) })),
  ];
  if (lines.length === 0) return html``;
  const items = lines
    .toSorted((a, b) => a.afterMs - b.afterMs)
    .map(
      ({ afterMs, text, tone }) =>
        html`<li><time>${elapsed(afterMs)}</time><span class="${tone}">${text}</span></li>`,
    );
  return html`<h3>What happened</h3>
    <ol class="notices">
      ${items}
    </ol>`;
}

function metricsText({ metrics, folder }: ScenarioResult): string {
  const kept = folder === null ? '' : `, kept in ${folder}`;
  if (metrics === null) return kept;
  const { attempts, retries, lost, remediations, operatorActions } = metrics;
  return `, ${attempts} attempts (${retries} retries, ${lost} lost), ${remediations} remediations, ${operatorActions} operator actions${kept}`;
}
