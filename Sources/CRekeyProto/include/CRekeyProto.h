/* Made by Proto/generate: the messages, and the address of every descriptor. */
#ifndef CREKEYPROTO_H
#define CREKEYPROTO_H
#include "google/protobuf/descriptor.pb-c.h"
#include "rekey/v1/descriptor_set.h"
#include "rekey/v1/frame.pb-c.h"
#include "rekey/v1/operator.pb-c.h"
#include "rekey/v1/options.pb-c.h"
#include "rekey/v1/records.pb-c.h"
#include "rekey/v1/recovery.pb-c.h"
#include "rekey/v1/reflection.pb-c.h"
#include "rekey/v1/services.pb-c.h"

static inline const ProtobufCMessageDescriptor *google_descriptor_proto_descriptor(void) {
    return &google__protobuf__descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_descriptor_proto__extension_range_descriptor(void) {
    return &google__protobuf__descriptor_proto__extension_range__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_descriptor_proto__reserved_range_descriptor(void) {
    return &google__protobuf__descriptor_proto__reserved_range__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_enum_descriptor_proto_descriptor(void) {
    return &google__protobuf__enum_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_enum_descriptor_proto__enum_reserved_range_descriptor(void) {
    return &google__protobuf__enum_descriptor_proto__enum_reserved_range__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_enum_options_descriptor(void) {
    return &google__protobuf__enum_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_enum_value_descriptor_proto_descriptor(void) {
    return &google__protobuf__enum_value_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_enum_value_options_descriptor(void) {
    return &google__protobuf__enum_value_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_extension_range_options_descriptor(void) {
    return &google__protobuf__extension_range_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_field_descriptor_proto_descriptor(void) {
    return &google__protobuf__field_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_field_options_descriptor(void) {
    return &google__protobuf__field_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_file_descriptor_proto_descriptor(void) {
    return &google__protobuf__file_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_file_descriptor_set_descriptor(void) {
    return &google__protobuf__file_descriptor_set__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_file_options_descriptor(void) {
    return &google__protobuf__file_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_generated_code_info_descriptor(void) {
    return &google__protobuf__generated_code_info__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_generated_code_info__annotation_descriptor(void) {
    return &google__protobuf__generated_code_info__annotation__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_message_options_descriptor(void) {
    return &google__protobuf__message_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_method_descriptor_proto_descriptor(void) {
    return &google__protobuf__method_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_method_options_descriptor(void) {
    return &google__protobuf__method_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_oneof_descriptor_proto_descriptor(void) {
    return &google__protobuf__oneof_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_oneof_options_descriptor(void) {
    return &google__protobuf__oneof_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_service_descriptor_proto_descriptor(void) {
    return &google__protobuf__service_descriptor_proto__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_service_options_descriptor(void) {
    return &google__protobuf__service_options__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_source_code_info_descriptor(void) {
    return &google__protobuf__source_code_info__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_source_code_info__location_descriptor(void) {
    return &google__protobuf__source_code_info__location__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_uninterpreted_option_descriptor(void) {
    return &google__protobuf__uninterpreted_option__descriptor;
}

static inline const ProtobufCMessageDescriptor *google_uninterpreted_option__name_part_descriptor(void) {
    return &google__protobuf__uninterpreted_option__name_part__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_descriptor(void) {
    return &rekey__v1__account__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_created_descriptor(void) {
    return &rekey__v1__account_created__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_deleted_descriptor(void) {
    return &rekey__v1__account_deleted__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_held_descriptor(void) {
    return &rekey__v1__account_held__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_request_descriptor(void) {
    return &rekey__v1__account_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_row_descriptor(void) {
    return &rekey__v1__account_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_account_updated_descriptor(void) {
    return &rekey__v1__account_updated__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_activate_reply_descriptor(void) {
    return &rekey__v1__activate_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_activate_request_descriptor(void) {
    return &rekey__v1__activate_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_activated_descriptor(void) {
    return &rekey__v1__activated__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_activation_failed_descriptor(void) {
    return &rekey__v1__activation_failed__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_cancel_descriptor(void) {
    return &rekey__v1__cancel__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_cancel_contact_change_reply_descriptor(void) {
    return &rekey__v1__cancel_contact_change_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_cancel_contact_change_request_descriptor(void) {
    return &rekey__v1__cancel_contact_change_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_change_password_reply_descriptor(void) {
    return &rekey__v1__change_password_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_change_password_request_descriptor(void) {
    return &rekey__v1__change_password_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_check_session_reply_descriptor(void) {
    return &rekey__v1__check_session_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_check_session_request_descriptor(void) {
    return &rekey__v1__check_session_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_checkpoint_chunk_descriptor(void) {
    return &rekey__v1__checkpoint_chunk__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_clock_reading_descriptor(void) {
    return &rekey__v1__clock_reading__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_code_resent_descriptor(void) {
    return &rekey__v1__code_resent__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_contact_change_cancelled_descriptor(void) {
    return &rekey__v1__contact_change_cancelled__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_contact_change_row_descriptor(void) {
    return &rekey__v1__contact_change_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_create_account_request_descriptor(void) {
    return &rekey__v1__create_account_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_delete_account_reply_descriptor(void) {
    return &rekey__v1__delete_account_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_describe_reply_descriptor(void) {
    return &rekey__v1__describe_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_describe_request_descriptor(void) {
    return &rekey__v1__describe_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_detail_descriptor(void) {
    return &rekey__v1__detail__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_event_descriptor(void) {
    return &rekey__v1__event__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_frame_descriptor(void) {
    return &rekey__v1__frame__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_go_away_descriptor(void) {
    return &rekey__v1__go_away__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_health_reply_descriptor(void) {
    return &rekey__v1__health_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_health_request_descriptor(void) {
    return &rekey__v1__health_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_hello_descriptor(void) {
    return &rekey__v1__hello__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_letter_descriptor(void) {
    return &rekey__v1__letter__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_letter_row_descriptor(void) {
    return &rekey__v1__letter_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_letter_settled_descriptor(void) {
    return &rekey__v1__letter_settled__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_letters_settled_descriptor(void) {
    return &rekey__v1__letters_settled__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_limits_descriptor(void) {
    return &rekey__v1__limits__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_list_accounts_reply_descriptor(void) {
    return &rekey__v1__list_accounts_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_list_accounts_request_descriptor(void) {
    return &rekey__v1__list_accounts_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_list_letters_reply_descriptor(void) {
    return &rekey__v1__list_letters_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_list_letters_request_descriptor(void) {
    return &rekey__v1__list_letters_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_logged_in_descriptor(void) {
    return &rekey__v1__logged_in__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_login_failed_descriptor(void) {
    return &rekey__v1__login_failed__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_login_reply_descriptor(void) {
    return &rekey__v1__login_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_login_request_descriptor(void) {
    return &rekey__v1__login_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_logout_reply_descriptor(void) {
    return &rekey__v1__logout_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_logout_request_descriptor(void) {
    return &rekey__v1__logout_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_method_description_descriptor(void) {
    return &rekey__v1__method_description__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_origin_descriptor(void) {
    return &rekey__v1__origin__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_outcome_row_descriptor(void) {
    return &rekey__v1__outcome_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_password_changed_descriptor(void) {
    return &rekey__v1__password_changed__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_password_rehashed_descriptor(void) {
    return &rekey__v1__password_rehashed__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_password_row_descriptor(void) {
    return &rekey__v1__password_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_password_rules_descriptor(void) {
    return &rekey__v1__password_rules__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_ping_descriptor(void) {
    return &rekey__v1__ping__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_pong_descriptor(void) {
    return &rekey__v1__pong__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_profile_row_descriptor(void) {
    return &rekey__v1__profile_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_request_descriptor(void) {
    return &rekey__v1__request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_request_reset_reply_descriptor(void) {
    return &rekey__v1__request_reset_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_request_reset_request_descriptor(void) {
    return &rekey__v1__request_reset_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_resend_code_reply_descriptor(void) {
    return &rekey__v1__resend_code_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_resend_code_request_descriptor(void) {
    return &rekey__v1__resend_code_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_reset_requested_descriptor(void) {
    return &rekey__v1__reset_requested__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_reset_row_descriptor(void) {
    return &rekey__v1__reset_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_response_descriptor(void) {
    return &rekey__v1__response__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_revoke_sessions_reply_descriptor(void) {
    return &rekey__v1__revoke_sessions_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_server_status_reply_descriptor(void) {
    return &rekey__v1__server_status_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_server_status_request_descriptor(void) {
    return &rekey__v1__server_status_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_session_ended_descriptor(void) {
    return &rekey__v1__session_ended__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_session_row_descriptor(void) {
    return &rekey__v1__session_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_session_used_descriptor(void) {
    return &rekey__v1__session_used__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_sessions_revoked_descriptor(void) {
    return &rekey__v1__sessions_revoked__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_subject_entry_descriptor(void) {
    return &rekey__v1__subject_entry__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_subject_row_descriptor(void) {
    return &rekey__v1__subject_row__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_suspension_lifted_descriptor(void) {
    return &rekey__v1__suspension_lifted__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_transaction_descriptor(void) {
    return &rekey__v1__transaction__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_update_account_request_descriptor(void) {
    return &rekey__v1__update_account_request__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_validate_link_reply_descriptor(void) {
    return &rekey__v1__validate_link_reply__descriptor;
}

static inline const ProtobufCMessageDescriptor *rekey_validate_link_request_descriptor(void) {
    return &rekey__v1__validate_link_request__descriptor;
}

static inline const ProtobufCServiceDescriptor *rekey_operator_descriptor(void) {
    return &rekey__v1__operator__descriptor;
}

static inline const ProtobufCServiceDescriptor *rekey_reflection_descriptor(void) {
    return &rekey__v1__reflection__descriptor;
}

static inline const ProtobufCServiceDescriptor *rekey_rekey_descriptor(void) {
    return &rekey__v1__rekey__descriptor;
}

#endif
