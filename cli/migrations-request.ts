import {
  defaultPolicy,
  type Approval,
  type ConnectionRequest,
  type FolderFormat,
  type Policy,
  type Promotion,
} from "../engine/index.js";

/** What SchemaMigrations hands to the command line, database aside. */
export interface MigrationsRequest {
  /** Relative to the project's root, where Pulumi runs commands. */
  readonly directory: string;
  /** Whose files the folder holds; default `holdfast`. */
  readonly format?: FolderFormat;
  readonly release: string;
  readonly environment: string;
  readonly schema: string;
  readonly approvals: readonly {
    readonly version: string;
    readonly checksum: string;
    readonly by: string;
    /** ISO 8601. */
    readonly expires?: string;
  }[];
  readonly soakSeconds?: number;
  readonly copyLimitBytes?: number;
  /** The stack that must have applied and verified what runs here. */
  readonly promotion?: Promotion;
  /** Set where a deploy of every commit is asked for; otherwise it is looked up when the deploy runs. */
  readonly commit?: string;
}

export interface DeployRequest extends MigrationsRequest {
  readonly connection: ConnectionRequest;
  /** How the deploy runs, where that is not here. */
  readonly execution?: string;
}

export function policyOf({ environment, soakSeconds, copyLimitBytes }: MigrationsRequest): Policy {
  return {
    ...defaultPolicy(environment),
    ...(soakSeconds === undefined ? {} : { soakMs: soakSeconds * 1000 }),
    ...(copyLimitBytes === undefined ? {} : { copyLimitBytes }),
  };
}

export function approvalsOf({ approvals }: MigrationsRequest): Approval[] {
  return approvals.map(({ expires, ...approval }) => ({
    ...approval,
    ...(expires === undefined ? {} : { expires: new Date(expires) }),
  }));
}
