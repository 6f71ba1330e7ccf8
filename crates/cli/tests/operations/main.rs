//! What an administrator does: keys, backup, restore, watching, stopping.

mod backups;
mod evidence;
mod files;
mod keys;
mod support;
mod upkeep;
mod watching;
