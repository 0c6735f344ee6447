variable "name" {
  type        = string
  description = "Name of the repository."
}

variable "kept_images" {
  type        = number
  description = "Images kept to roll back to."
}

variable "force_delete" {
  type        = bool
  description = "Whether the repository is deleted with the images in it."
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the images."
}

variable "tags" {
  type        = map(string)
  description = "Tags of every resource."
}
