import { instance } from "./instance.js";
import { parameterGroupBehaviours } from "./parameter-groups.js";
import { subnetGroup } from "./subnet-group.js";
import { INSTANCE, SUBNET_GROUP } from "./types.js";

export const rdsBehaviours = { [INSTANCE]: instance, [SUBNET_GROUP]: subnetGroup, ...parameterGroupBehaviours };
