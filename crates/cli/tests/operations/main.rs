//! What an administrator does: keys, backup, restore, watching, stopping.
