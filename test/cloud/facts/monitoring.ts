import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const monitoringFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    inputs: words(`
      actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions
      evaluateLowSampleCountPercentiles evaluationCriteria evaluationInterval evaluationPeriods
      extendedStatistic insufficientDataActions metricName metricQueries name namespace okActions period
      region statistic tags threshold thresholdMetricId treatMissingData unit warmUpConfiguration`),
    replaces: words("name"),
    keeps: words("evaluateLowSampleCountPercentiles region"),
    defaults: { actionsEnabled: true, treatMissingData: "missing" },
    outputs: words("arn tagsAll"),
    sets: words("alarmActions insufficientDataActions metricQueries okActions"),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    inputs: words(`
      deletionProtectionEnabled kmsKeyId logGroupClass name namePrefix region retentionInDays skipDestroy
      tags`),
    replaces: words("logGroupClass name namePrefix"),
    keeps: words("deletionProtectionEnabled logGroupClass name namePrefix region"),
    defaults: { retentionInDays: 0, skipDestroy: false },
    outputs: words("arn tagsAll"),
    providerOnly: words("skipDestroy"),
  },
  "aws:sns/topic:Topic": {
    inputs: words(`
      applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn
      applicationSuccessFeedbackSampleRate archivePolicy contentBasedDeduplication deliveryPolicy
      displayName fifoThroughputScope fifoTopic firehoseFailureFeedbackRoleArn
      firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate httpFailureFeedbackRoleArn
      httpSuccessFeedbackRoleArn httpSuccessFeedbackSampleRate kmsMasterKeyId lambdaFailureFeedbackRoleArn
      lambdaSuccessFeedbackRoleArn lambdaSuccessFeedbackSampleRate name namePrefix policy region
      signatureVersion sqsFailureFeedbackRoleArn sqsSuccessFeedbackRoleArn sqsSuccessFeedbackSampleRate
      tags tracingConfig`),
    replaces: words("fifoTopic name namePrefix"),
    keeps: words("fifoThroughputScope name namePrefix signatureVersion tracingConfig region policy"),
    defaults: { contentBasedDeduplication: false, fifoTopic: false },
    outputs: words("arn beginningArchiveTime owner tagsAll"),
  },
  "aws:sns/topicPolicy:TopicPolicy": {
    inputs: words("arn policy region"),
    required: words("arn policy"),
    replaces: words("arn"),
    keeps: words("region"),
    outputs: words("owner"),
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    inputs: words(`
      confirmationTimeoutInMinutes deliveryPolicy endpoint endpointAutoConfirms filterPolicy
      filterPolicyScope protocol rawMessageDelivery redrivePolicy region replayPolicy subscriptionRoleArn
      topic`),
    required: words("endpoint protocol topic"),
    replaces: words("endpoint protocol topic"),
    keeps: words("filterPolicyScope region"),
    defaults: { confirmationTimeoutInMinutes: 1, endpointAutoConfirms: false, rawMessageDelivery: false },
    outputs: words("arn confirmationWasAuthenticated ownerId pendingConfirmation"),
    providerOnly: words("confirmationTimeoutInMinutes endpointAutoConfirms"),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    inputs: words(`
      description eventBusName eventPattern forceDestroy isEnabled name namePrefix region roleArn
      scheduleExpression state tags`),
    replaces: words("eventBusName name namePrefix"),
    keeps: words("name namePrefix region"),
    defaults: { eventBusName: "default", forceDestroy: false },
    outputs: words("arn tagsAll"),
    providerOnly: words("forceDestroy"),
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    inputs: words(`
      appsyncTarget arn batchTarget deadLetterConfig ecsTarget eventBusName forceDestroy httpTarget input
      inputPath inputTransformer kinesisTarget redshiftTarget region retryPolicy roleArn rule
      runCommandTargets sagemakerPipelineTarget sqsTarget targetId`),
    required: words("arn rule"),
    replaces: words("eventBusName rule targetId"),
    keeps: words("region targetId"),
    defaults: { eventBusName: "default", forceDestroy: false },
    providerOnly: words("forceDestroy"),
  },
};
