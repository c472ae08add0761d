import type { Behaviour } from "../behaviour.js";
import { AwsError, newSuffix } from "../cloud-region.js";
import { isObject, isZero, textOf, textsOf } from "../values.js";
import { nameOf } from "./physical-name.js";
import { refuseTaken, requireExisting, requireKey, requireRole, SECURITY_GROUP } from "./refuse.js";

const FUNCTION = "aws:lambda/function:Function";
export const PERMISSION = "aws:lambda/permission:Permission";

const lambda: Behaviour = {
  autoname: { property: "name", maxLength: 64 },
  check: (inputs) => {
    const sources = ["code", "imageUri", "s3Bucket"].filter((name) => !isZero(inputs[name]));
    const isZip = inputs["packageType"] === "Zip";
    return [
      ...(sources.length === 1
        ? []
        : [{ property: "code", reason: "one of `code,imageUri,s3Bucket` must be specified" }]),
      ...(isZip && isZero(inputs["handler"])
        ? [{ property: "handler", reason: "handler and runtime must be set when PackageType is Zip" }]
        : []),
    ];
  },
  /** The same bytes, wherever they lie. */
  same: {
    code: (wish, actual) =>
      isObject(wish) && isObject(actual) && wish["hash"] !== undefined && wish["hash"] === actual["hash"],
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, FUNCTION, name, "ResourceConflictException");
    requireRole(cloud, inputs["role"], "InvalidParameterValueException");
    requireKey(cloud, inputs["kmsKeyArn"], "InvalidParameterValueException");
    const vpc = isObject(inputs["vpcConfig"]) ? inputs["vpcConfig"] : {};
    for (const id of textsOf(vpc, "securityGroupIds"))
      requireExisting(cloud, SECURITY_GROUP, id, "InvalidParameterValueException");
    for (const id of textsOf(vpc, "subnetIds"))
      requireExisting(cloud, "aws:ec2/subnet:Subnet", id, "InvalidParameterValueException");
    const arn = cloud.arn("lambda", `function:${name}`);
    const invoke = `arn:aws:apigateway:${cloud.region}:lambda:path/2015-03-31/functions/`;
    return {
      id: name,
      attributes: {
        name,
        arn,
        architectures: inputs["architectures"] ?? ["x86_64"],
        codeSha256: "c2ltdWxhdGVk",
        ephemeralStorage: inputs["ephemeralStorage"] ?? { size: 512 },
        invokeArn: `${invoke}${arn}/invocations`,
        lastModified: new Date().toISOString(),
        loggingConfig: inputs["loggingConfig"] ?? { logFormat: "Text", logGroup: `/aws/lambda/${name}` },
        qualifiedArn: `${arn}:$LATEST`,
        qualifiedInvokeArn: `${invoke}${arn}:$LATEST/invocations`,
        responseStreamingInvokeArn: `${invoke}${arn}/response-streaming-invocations`,
        signingJobArn: "",
        signingProfileVersionArn: "",
        sourceCodeHash: inputs["sourceCodeHash"] ?? "c2ltdWxhdGVk",
        sourceCodeSize: 1024,
        tracingConfig: inputs["tracingConfig"] ?? { mode: "PassThrough" },
        version: "$LATEST",
      },
    };
  },
  update: ({ cloud, inputs, changed }) => {
    if (changed.includes("role")) requireRole(cloud, inputs["role"], "InvalidParameterValueException");
    return { attributes: { lastModified: new Date().toISOString() } };
  },
  unknownAfter: () => ["lastModified"],
};

const permission: Behaviour = {
  create: ({ cloud, inputs }) => {
    const name = String(inputs["function"]).split(":function:").at(-1) ?? "";
    requireExisting(cloud, FUNCTION, name, "ResourceNotFoundException");
    const statementId =
      textOf(inputs, "statementId") ?? `${textOf(inputs, "statementIdPrefix") ?? "terraform-"}${newSuffix()}`;
    const isTaken = cloud
      .list(PERMISSION)
      .some(({ id, attributes }) => id === statementId && attributes["function"] === inputs["function"]);
    if (isTaken)
      throw new AwsError("ResourceConflictException", `The statement id (${statementId}) provided already exists.`);
    return { id: statementId, attributes: { statementId } };
  },
};

export const lambdaBehaviours = { [FUNCTION]: lambda, [PERMISSION]: permission };
