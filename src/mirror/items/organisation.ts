/** Managers, entities and units of an answer as rows of their tables. Each throws `unreadable_item` for one without id. */
import { parseEntity, parseManager, parseUnit } from "../../api/schemas/organisation.ts";
import type { JsonObject } from "./canonical.ts";
import { entityColumns, managerColumns, rowOf, unitColumns } from "./rows.ts";

export const mapManager = (item: JsonObject) => rowOf(managerColumns, parseManager(item));
export const mapEntity = (item: JsonObject) => rowOf(entityColumns, parseEntity(item));
export const mapUnit = (item: JsonObject) => rowOf(unitColumns, parseUnit(item));
