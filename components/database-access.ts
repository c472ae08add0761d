import * as command from "@pulumi/command";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { accessFactsOf } from "../engine/core/access/access-facts.js";
import { accessFaults } from "../engine/core/access/access-faults.js";
import {
  accessRequestOf,
  standardRoles,
  type AccessWish,
  type DatabaseRole,
  type NamedDatabaseRole,
} from "../engine/core/access/access-wish.js";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import { forgottenRoles } from "./access/keep-roles.js";
import { identityOf, knownValue, lookAtAccess, type AccessFound } from "./access/look.js";
import { registerFacts } from "./access/provider-resources.js";
import { connectionAs } from "./access/role-connection.js";
import { rolesInState } from "./access/roles-in-state.js";
import { isConnection } from "./check-values.js";
import { entryCommand, REQUEST_VARIABLE } from "./entry-point.js";
import { executionFaults, stopWhereUnavailable } from "./execution.js";
import { refuse, type Fault } from "./fault.js";
import { withUpdateHook } from "./pinned-inputs.js";
import { providerArgsOf } from "./postgresql-provider.js";

export type { DatabaseRole, NamedDatabaseRole } from "../engine/core/access/access-wish.js";

export interface DatabaseAccessArgs {
  /**
   * The database as somebody who may make roles: `LocalDatabase.connection` (its superuser), `PersistentDatabase.connection`
   * (the master user).
   */
  readonly connection: pulumi.Input<DatabaseConnection>;
  /**
   * Who does it: "provider" (Pulumi's postgresql provider, where this machine reaches the database without a password in the
   * provider's configuration) or "command" (`holdfast/access`). Both lead to the same catalog, and one may follow the other.
   * @default "command"
   */
  readonly executor?: string | undefined;
  /** Begins the names of the standard roles. Changing it later is refused. @default "app" */
  readonly prefix?: string | undefined;
  /** Owns all objects and cannot log in; must be `connection.ownerRole`. Changing it later is refused. @default "<prefix>_owner" */
  readonly ownerRole?: string | undefined;
  /**
   * Schemas of the application; all but `public` are made where they are missing, for the owner. A schema taken from the list
   * stays as it is, with its grants. @default ["public"]
   */
  readonly schemas?: string[] | undefined;
  /** Whether every other role of the server loses CONNECT and TEMPORARY on the database. In place. @default true */
  readonly isolated?: boolean | undefined;
  /** Runs the migrations, as the owner. @default "<prefix>_migrator", a member of the owner and of pg_monitor */
  readonly migrator?: DatabaseRole | undefined;
  /** The application. @default "<prefix>_service": SELECT, INSERT, UPDATE, DELETE; sequences; functions; temporary tables */
  readonly app?: DatabaseRole | undefined;
  /** People and reports. @default "<prefix>_read_only": SELECT */
  readonly readOnly?: DatabaseRole | undefined;
  /** Further roles. @default none */
  readonly roles?: NamedDatabaseRole[] | undefined;
  /**
   * Where the command runs, as of SchemaMigrations: `direct`, where Pulumi runs, or `codebuild`, where `up` stops. Not with the
   * provider, which is always where Pulumi runs. In place. @default "codebuild" for a connection of kind rds or aurora, else "direct"
   */
  readonly execution?: string | undefined;
}

/** The same database, entered as each of the standard roles. Without passwords: those lie in the data root, or are tokens. */
export interface DatabaseConnections {
  /** For SchemaMigrations. */
  readonly migrator: DatabaseConnection;
  /** For services. */
  readonly app: DatabaseConnection;
  /** For people and reports. */
  readonly readOnly: DatabaseConnection;
}

/**
 * Roles and grants of a database as data. Who owns the objects cannot log in; the application can neither alter the schema nor
 * touch the history nor delete settings; what later migrations make is reachable at once.
 *
 * Nothing here ever drops a role or an object, not even with the stack.
 */
export class DatabaseAccess extends pulumi.ComponentResource<command.local.Command> {
  /** Each waits until all roles and grants stand. */
  readonly connections: pulumi.Output<DatabaseConnections>;
  /** Owns all objects of the application. */
  readonly ownerRole: pulumi.Output<string>;

  /** @throws RunError with everything that is wrong with the arguments */
  constructor(name: string, args: DatabaseAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse("DatabaseAccess", name, faultsOf(args));
    super(
      "holdfast:index:DatabaseAccess",
      name,
      args,
      withUpdateHook(opts ?? {}, `holdfast:DatabaseAccess:${name}:roles`, ({ oldInputs = {}, newInputs = {} }) => {
        const forgotten = forgottenRoles(oldInputs as AccessWish, newInputs as AccessWish);
        if (forgotten.length === 0) return;
        throw new Error([`DatabaseAccess "${name}" cannot be changed in place:`, ...forgotten].join("\n  "));
      }),
    );
    const { ownerRole, migrator, app, readOnly } = standardRoles(args);
    const done = pulumi.output(this.getData()).apply((made) => made.stdout);
    this.connections = pulumi.all([args.connection, done]).apply(([connection]) => ({
      migrator: connectionAs(migrator, ownerRole, connection),
      app: connectionAs(app, ownerRole, connection),
      readOnly: connectionAs(readOnly, ownerRole, connection),
    }));
    this.ownerRole = pulumi.output(ownerRole);
    this.registerOutputs({ connections: this.connections, ownerRole: this.ownerRole });
  }

  /** Which roles are there already decides how the provider gets to know them, and whether the command has to mend something. */
  protected override async initialize(
    args: DatabaseAccessArgs,
    _opts?: pulumi.ComponentResourceOptions,
    name = "",
  ): Promise<command.local.Command> {
    const wish = wishOf(args);
    const given = pulumi.output(args.connection);
    const connection = await knownValue(given);
    if (connection !== undefined) refuseOtherOwner(name, wish, connection);
    const isProvider = args.executor === "provider";
    const canLook = connection !== undefined && (isProvider || connection.kind === "embedded");
    const found = canLook ? await lookAtAccess(connection, wish, this) : undefined;
    const dependsOn = isProvider ? await this.makeByProvider(name, wish, given, connection, found) : [];
    const work = { component: "DatabaseAccess", name, undone: "No role or grant was changed by it" };
    const stop = stopWhereUnavailable(
      { ...work, execution: isProvider ? "direct" : args.execution, connection: given },
      this,
    );
    return new command.local.Command(`${name}-rest`, commandArgs(wish, given, found), {
      parent: this,
      dependsOn,
      hooks: { beforeCreate: [stop], beforeUpdate: [stop] },
      // Where nothing is to be mended, the mark of the last mending stays, and nothing changes.
      ...(found === undefined || found.statements.length === 0
        ? { ignoreChanges: [`environment.${MEND_VARIABLE}`] }
        : {}),
    });
  }

  private async makeByProvider(
    name: string,
    wish: AccessWish,
    given: pulumi.Output<DatabaseConnection>,
    connection: DatabaseConnection | undefined,
    found: AccessFound | undefined,
  ): Promise<pulumi.Resource[]> {
    const provider = new postgresql.Provider(`${name}-provider`, providerInputs(given), { parent: this });
    const request = accessRequestOf(wish, connection?.kind === "embedded" || connection === undefined ? "file" : "iam");
    return registerFacts(accessFactsOf(request), {
      ...{ name, parent: this, provider, found },
      database: given.apply(({ database }) => database),
      known: await rolesInState(name),
    });
  }
}

/** Set anew whenever the database differs from what is asked for, so that the command runs again. */
const MEND_VARIABLE = "HOLDFAST_MEND";

/** Neither triggers, which always replace, nor delete: a destroyed stack leaves roles and grants as they are. */
function commandArgs(
  wish: AccessWish,
  given: pulumi.Output<DatabaseConnection>,
  found: AccessFound | undefined,
): command.local.CommandArgs {
  const request = { action: "apply", connection: given.apply(identityOf), wish };
  return {
    create: entryCommand("access"),
    update: entryCommand("access"),
    environment: {
      [REQUEST_VARIABLE]: pulumi.jsonStringify(request),
      [MEND_VARIABLE]: found === undefined || found.statements.length === 0 ? "" : new Date().toISOString(),
    },
    addPreviousOutputInEnv: false,
    logging: "stderr",
  };
}

function wishOf(args: DatabaseAccessArgs): AccessWish {
  const { prefix, ownerRole, schemas, isolated, migrator, app, readOnly, roles } = args;
  return { prefix, ownerRole, schemas, isolated, migrator, app, readOnly, roles };
}

function faultsOf(args: DatabaseAccessArgs): Fault[] {
  const { executor = "command" } = args;
  const executors = ["provider", "command"];
  const unknown = { property: "executor", value: executor, allowed: executors.join(" or "), way: "choose one of them" };
  return [
    ...isConnection(args.connection, "give LocalDatabase.connection, or PersistentDatabase.connection"),
    ...(executors.includes(executor) ? [] : [unknown]),
    ...executionFaults(args.execution),
    ...accessFaults(wishOf(args)).map((fault) => ({ ...fault, way: "change it to what is allowed" })),
  ];
}

/** Objects that an embedded database has belong to the role it was made with; another would not be let at them. */
function refuseOtherOwner(name: string, wish: AccessWish, { ownerRole: present }: DatabaseConnection): void {
  const { ownerRole } = standardRoles(wish);
  if (ownerRole === present) return;
  const way = `set ownerRole: "${present}" (or a prefix that leads to it)`;
  const allowed = `"${present}", which the connection names as the owner`;
  refuse("DatabaseAccess", name, [{ property: "ownerRole", value: ownerRole, allowed, way }]);
}

const PROVIDER_INPUTS = [
  ...(["host", "port", "username", "database", "scheme", "sslmode", "sslrootcert", "clientcert"] as const),
  ...(["connectTimeout", "superuser", "awsRdsIamAuth", "awsRdsIamRegion"] as const),
];

function providerInputs(given: pulumi.Output<DatabaseConnection>): postgresql.ProviderArgs {
  const inputs = given.apply(providerArgsOf);
  return Object.fromEntries(PROVIDER_INPUTS.map((key) => [key, inputs.apply((known) => known[key])]));
}
