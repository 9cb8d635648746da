-- @view
SELECT journey_id, error, since FROM {build}.broken

-- @comments
-- relation: One row a journey that could not be folded. It is in no figure until it folds.
-- journey_id: The journey.
-- error: What went wrong, without data of the person.
-- since: When it was first seen.
