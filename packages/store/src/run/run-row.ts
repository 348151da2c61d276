import type { RunState } from '@tina/domain';
import { decode, encode } from '../json.ts';
import type { RunRow } from '../schema/tables.ts';

/** The entities of a run: each has rows of its own. */
export type RunEntities = Pick<
  RunState,
  'teams' | 'tasks' | 'attempts' | 'findings' | 'gates' | 'messages' | 'questions'
>;

/** What of a run's state has a column. */
type InColumns = Pick<
  RunState,
  'id' | 'revision' | 'projectId' | 'repository' | 'designId' | 'feature' | 'branch' | 'createdAt' | 'endedAt'
>;

type InData = Omit<RunState, keyof RunEntities | keyof InColumns>;

type RunColumns = Omit<RunRow, 'status' | 'updated_at'>;

/** A run's own fields as a row. Each is kept once: in its column, or else in `data`. */
export function toRunRow(state: RunState): RunColumns {
  const { teams: _, tasks: _1, attempts: _2, findings: _3, gates: _4, ...others } = state;
  const { messages: _5, questions: _6, ...own } = others;
  const { id, revision, projectId, repository, designId, feature, branch, createdAt, endedAt, ...rest } = own;
  return {
    id,
    revision,
    project_id: projectId,
    repository,
    design_id: designId,
    feature,
    branch,
    created_at: createdAt,
    ended_at: endedAt,
    data: encode(rest satisfies InData),
  };
}

export function fromRunRow(row: RunColumns, entities: RunEntities): RunState {
  return {
    ...decode<InData>(row.data),
    id: row.id,
    revision: row.revision,
    projectId: row.project_id,
    repository: row.repository,
    designId: row.design_id,
    feature: row.feature,
    branch: row.branch,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    ...entities,
  };
}
