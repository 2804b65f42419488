-- The data keys lie in a database of their own. Run once, when the volume is empty.
CREATE DATABASE openclaw_keys OWNER openclaw;
