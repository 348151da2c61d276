import { type CreateTableBuilder, type Kysely, sql } from 'kysely';

/** A database without the types of its tables: a released migration must not follow when these change. */
export type MigrationTarget = Pick<Kysely<never>, 'schema' | 'getExecutor'>;

/** Schema version 1. It never changes once it was released. */
export async function initialSchema(db: MigrationTarget): Promise<void> {
  await createDesignTables(db);
  await createRunTables(db);
  await createEventTables(db);
  await createJobTable(db);
  await createNodeTables(db);
  await createActionTable(db);
}

async function createDesignTables(db: MigrationTarget): Promise<void> {
  await table(db, 'projects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('repository', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute();
  await table(db, 'designs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id'))
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addUniqueConstraint('designs_of_project', ['project_id', 'path'])
    .execute();
  await table(db, 'design_revisions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('design_id', 'text', (column) => column.notNull().references('designs.id'))
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addUniqueConstraint('revisions_of_design', ['design_id', 'hash'])
    .execute();
  await table(db, 'documents')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute();
}

async function createRunTables(db: MigrationTarget): Promise<void> {
  await table(db, 'runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id'))
    .addColumn('repository', 'text', (column) => column.notNull())
    .addColumn('design_id', 'text', (column) => column.notNull().references('designs.id'))
    .addColumn('feature', 'text', (column) => column.notNull())
    .addColumn('branch', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('ended_at', 'integer')
    .addColumn('updated_at', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  await sql`create unique index runs_unended_of_branch on runs (project_id, branch) where ended_at is null`.execute(
    db,
  );
  await sql`create index runs_unended_of_design on runs (design_id) where ended_at is null`.execute(db);
  await sql`create index runs_by_age on runs (created_at)`.execute(db);

  await entityTable(db, 'teams')
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  await entityTable(db, 'tasks')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('phase', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  await entityTable(db, 'attempts')
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  await entityTable(db, 'findings')
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  await entityTable(db, 'gates')
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .execute();
  for (const name of ['tasks', 'attempts', 'findings', 'gates']) {
    await db.schema.createIndex(`${name}_by_id`).on(name).column('id').execute();
  }
}

async function createEventTables(db: MigrationTarget): Promise<void> {
  await ofRun(table(db, 'events'))
    // Never given twice, also after rows were deleted: a subscriber's cursor stays good.
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addUniqueConstraint('events_of_run', ['run_id', 'number'])
    .execute();
  await ofRun(table(db, 'snapshots'))
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('snapshots_key', ['run_id', 'number'])
    .execute();
}

async function createJobTable(db: MigrationTarget): Promise<void> {
  await ofRun(table(db, 'jobs'))
    .addColumn('queue_order', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('attempt_id', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('caused_by', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('incarnation', 'integer')
    .addColumn('lease_ends_at', 'integer')
    .addColumn('lease_duration_ms', 'integer')
    .addColumn('queued_at', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  await sql`create index jobs_queued on jobs (node_id, queue_order) where status = 'queued'`.execute(db);
  await sql`create index jobs_claimed on jobs (lease_ends_at) where status = 'claimed'`.execute(db);
  await sql`create index jobs_open_of_run on jobs (run_id) where status in ('queued', 'claimed')`.execute(db);
}

async function createNodeTables(db: MigrationTarget): Promise<void> {
  await table(db, 'nodes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('incarnation', 'integer', (column) => column.notNull())
    .addColumn('registered_at', 'integer', (column) => column.notNull())
    .execute();
  await ofRun(table(db, 'leases'))
    .addColumn('attempt_id', 'text', (column) => column.primaryKey())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('lease_ends_at', 'integer', (column) => column.notNull())
    .addColumn('lease_duration_ms', 'integer', (column) => column.notNull())
    .execute();
  await ofRun(table(db, 'timers'))
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('task_id', 'text')
    .addColumn('attempt_id', 'text')
    .addColumn('due_at', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('timers_by_time').on('timers').column('due_at').execute();
  await ofRun(table(db, 'tokens'))
    .addColumn('secret_hash', 'text', (column) => column.primaryKey())
    .addColumn('attempt_id', 'text', (column) => column.notNull())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .execute();
  await table(db, 'clocks')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seen_at', 'integer', (column) => column.notNull())
    .execute();
}

async function createActionTable(db: MigrationTarget): Promise<void> {
  await table(db, 'actions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('idempotency_key', 'text', (column) => column.notNull().unique())
    // No reference: a request may have been refused because there is no such run.
    .addColumn('run_id', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason_code', 'text')
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('actions_of_run').on('actions').columns(['run_id', 'requested_at']).execute();
  await db.schema.createIndex('actions_by_age').on('actions').column('requested_at').execute();
}

/** Strict: a value of another type than the column's is refused, as PostgreSQL does. */
function table<Name extends string>(db: MigrationTarget, name: Name): CreateTableBuilder<Name> {
  return db.schema.createTable(name).modifyEnd(sql`strict`);
}

function ofRun<Name extends string>(builder: CreateTableBuilder<Name>): CreateTableBuilder<Name, 'run_id'> {
  return builder.addColumn('run_id', 'text', (column) => column.notNull().references('runs.id'));
}

function entityTable<Name extends string>(
  db: MigrationTarget,
  name: Name,
): CreateTableBuilder<Name, 'run_id' | 'id' | 'data'> {
  return ofRun(table(db, name))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${name}_key`, ['run_id', 'id']);
}
