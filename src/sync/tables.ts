import { mapApplicant } from "../mirror/items/applicant.ts";
import { mapApplication } from "../mirror/items/application.ts";
import { mapCampaign } from "../mirror/items/campaign.ts";
import { mapEntity } from "../mirror/items/entity.ts";
import { mapManager } from "../mirror/items/manager.ts";
import {
  applicantColumns,
  applicationColumns,
  campaignColumns,
  entityColumns,
  managerColumns,
  unitColumns,
} from "../mirror/items/rows.ts";
import { mapUnit } from "../mirror/items/unit.ts";
import type { MirrorTable } from "../mirror/tables.ts";

export const campaigns: MirrorTable = {
  name: "campaign",
  columns: campaignColumns,
  copies: [],
  map: mapCampaign,
  keeps: ["address", "channels", "entity", "tags", "unit"],
  volatile: ["last_activation_at"],
};

export const applications: MirrorTable = {
  name: "application",
  columns: applicationColumns,
  copies: ["comments", "status_history"],
  map: mapApplication,
  keeps: ["applicant_id", "campaign_id", "comments", "skills", "status_history", "tags"],
  // The history of the API itself: ours tells of the status.
  volatile: ["status_history"],
};

/** Filled by their own list, and by the light ones that applications embed. */
export const applicants: MirrorTable = {
  name: "applicant",
  columns: applicantColumns,
  copies: [],
  map: mapApplicant,
  keeps: "all",
  // It follows from the e-mail.
  volatile: ["email_key"],
};

export const managers: MirrorTable = {
  name: "manager",
  columns: managerColumns,
  copies: [],
  map: mapManager,
  keeps: [],
  volatile: [],
};

export const entities: MirrorTable = {
  name: "entity",
  columns: entityColumns,
  copies: [],
  map: mapEntity,
  keeps: [],
  volatile: [],
};

export const units: MirrorTable = {
  name: "unit",
  columns: unitColumns,
  copies: [],
  map: mapUnit,
  keeps: [],
  volatile: [],
};
