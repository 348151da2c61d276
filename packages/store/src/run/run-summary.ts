export interface RunFilter {
  readonly projectId?: string;
  readonly designId?: string;
  readonly feature?: string;
  /** Only runs that have not ended. */
  readonly active?: boolean;
  readonly limit: number;
}

export interface RunSummary {
  readonly id: string;
  readonly projectId: string;
  readonly repository: string;
  readonly designId: string;
  readonly feature: string;
  readonly branch: string;
  readonly status: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly endedAt: number | null;
  readonly updatedAt: number;
}
