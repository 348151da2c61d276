import type { AgentEvent } from '../adapter/agent-event.ts';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { acpOutcome, outcomeOfError } from './acp-outcome.ts';
import { AcpRecords } from './acp-records.ts';
import { AcpUsage } from './acp-usage.ts';

/** Reads what an agent says of one turn, with the answer that ends it, apart from any process. */
export class AcpReader {
  readonly #records = new AcpRecords();
  readonly #usage = new AcpUsage('turn', true);

  read(value: unknown): readonly AgentEvent[] {
    const record = fieldsOf(value);
    if (textOf(record['method']) === null) return this.#readAnswer(record);
    const update = fieldsOf(fieldsOf(record['params'])['update']);
    if (update['sessionUpdate'] !== 'usage_update') return this.#records.read(update);
    this.#usage.update(update);
    const usage = this.#usage.soFar;
    return usage === null ? [] : [{ kind: 'usage', usage }];
  }

  #readAnswer(record: ReturnType<typeof fieldsOf>): readonly AgentEvent[] {
    const result = fieldsOf(record['result']);
    this.#usage.end(result);
    const { finalMessage, hasWorked, tools } = this.#records;
    const known = {
      usage: this.#usage.soFar,
      finalMessage,
      hasWorked,
      login: 'as it says',
      isUsageMissing: false,
    };
    const error = fieldsOf(record['error']);
    const code = typeof error['code'] === 'number' ? error['code'] : 0;
    const told = { code, message: textOf(error['message']) ?? '', data: error['data'] };
    const outcome = 'error' in record ? outcomeOfError(told, known, 0) : acpOutcome(result, known);
    return [...tools.endAll(), { kind: 'turn-ended', outcome }];
  }
}
